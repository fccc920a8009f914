"""Exact search of 100,000 x 384 vectors, k = 10, one thread: Kindred beside FAISS IndexFlatIP, one query at a time and in batches of 100.

Both search the same random unit vectors in alternating rounds; the table shows the best round of each. The ids of both must agree, but
where scores are within float32's rounding of each other; and Kindred's must be the same in batches as alone.

What bounds them: alone, memory. FAISS reads 154 MB a query, Kindred's screen 40 (a byte a value and 16 bytes a row). In batches,
arithmetic: 38 million products a query, of float32 there and of bytes here.

Environment: KINDRED (the program; kindred_benchmark_exact_search lies beside it).
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

import faiss
import numpy

ROWS, DIMENSIONS, QUERIES, K, ROUNDS = 100_000, 384, 100, 10, 7
BATCHES = {1: "one query at a time", 100: "in batches of 100"}


def unit_vectors(rows: int, seed: int) -> numpy.ndarray:
    vectors = numpy.random.default_rng(seed).standard_normal((rows, DIMENSIONS), dtype=numpy.float32)
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


def disagreements(rows, queries, ours, theirs) -> int:
    """Hits of ours whose exact score is not that of the rival's hit at the same place."""
    def scores(ids):
        return numpy.einsum("qkd,qd->qk", rows[ids].astype(numpy.float64), queries.astype(numpy.float64))
    return int((numpy.abs(scores(ours) - scores(theirs)) > 1e-6).sum())


class Kindred:
    """The benchmark program, which searches when it is told to."""

    def __init__(self, folder: str, rows: numpy.ndarray, queries: numpy.ndarray):
        names = [os.path.join(folder, name) for name in ("rows.npy", "queries.npy", "ids.npy")]
        numpy.save(names[0], rows)
        numpy.save(names[1], queries)
        self.ids = names[2]
        program = pathlib.Path(os.environ["KINDRED"]).with_name("kindred_benchmark_exact_search")
        self.process = subprocess.Popen([program, names[0], names[1], str(K), names[2]], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.build_seconds = float(self.process.stdout.readline().removeprefix("ready "))

    def search(self, batch: int) -> tuple[float, numpy.ndarray]:
        """Seconds for all queries, and their ids."""
        self.process.stdin.write(f"{batch}\n")
        self.process.stdin.flush()
        seconds = float(self.process.stdout.readline())
        return seconds, numpy.load(self.ids).astype(numpy.int64)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Faiss:
    """IndexFlatIP as it comes, or told to use matrix products from 20 queries on, which some versions do by themselves."""

    def __init__(self, rows: numpy.ndarray, queries: numpy.ndarray):
        faiss.omp_set_num_threads(1)
        self.default = faiss.cvar.distance_compute_blas_threshold
        start = time.perf_counter()
        self.index = faiss.IndexFlatIP(DIMENSIONS)
        self.index.add(rows)
        self.build_seconds = time.perf_counter() - start
        self.queries = queries

    def search(self, batch: int, products: bool) -> tuple[float, numpy.ndarray]:
        faiss.cvar.distance_compute_blas_threshold = 20 if products else self.default
        start = time.perf_counter()
        found = [self.index.search(self.queries[i : i + batch], K)[1] for i in range(0, QUERIES, batch)]
        return time.perf_counter() - start, numpy.concatenate(found)


def main() -> int:
    rows, queries = unit_vectors(ROWS, 1), unit_vectors(QUERIES, 2)
    rival = Faiss(rows, queries)
    failed, alone = False, None
    with tempfile.TemporaryDirectory() as folder:
        kindred = Kindred(folder, rows, queries)
        print(f"{ROWS:,} x {DIMENSIONS}, k = {K}, one thread; best of {ROUNDS} rounds of {QUERIES} queries. "
              f"Built in {kindred.build_seconds:.2f} s, FAISS {rival.build_seconds:.2f} s")
        names = ["Kindred", f"FAISS {faiss.__version__}", "  with matrix products"]
        for batch, title in BATCHES.items():
            rounds = [(kindred.search(batch), rival.search(batch, False), rival.search(batch, True)) for _ in range(ROUNDS)]
            best = [min(found[who][0] for found in rounds) for who in range(len(names))]
            print(f"{title}:")
            for name, seconds in zip(names, best):
                print(f"  {name:24} {QUERIES / seconds:8.1f} queries/s   {QUERIES / seconds * ROWS * DIMENSIONS / 1e9:6.1f} G products/s"
                      + ("" if name == "Kindred" else f"   ratio {seconds / best[0]:6.2f}x"))
            ours, theirs = (rounds[-1][who][1] for who in (0, 1))
            wrong = disagreements(rows, queries, ours, theirs)
            alone = ours if alone is None else alone
            same = all(numpy.array_equal(found[0][1], alone) for found in rounds)
            failed = failed or wrong > 0 or not same
            print(f"  hits that differ from the rival's by more than rounding: {wrong} of {QUERIES * K}; ids at the same place: "
                  f"{(ours == theirs).mean():.2%}; {'the same ids in every round and batch' if same else 'IDS CHANGE'}")
        kindred.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
