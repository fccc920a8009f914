"""Exact search of 100,000 x 384 vectors, k = 10, one thread, one query at a time: Kindred beside FAISS IndexFlatIP.

Both search the same random unit vectors in alternating rounds; the table shows the best round of each. Every query reads 154 MB, so the
bound is the memory's speed. The ids of both must agree, but where scores are within float32's rounding of each other.

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


def unit_vectors(rows: int, seed: int) -> numpy.ndarray:
    vectors = numpy.random.default_rng(seed).standard_normal((rows, DIMENSIONS), dtype=numpy.float32)
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


def disagreements(rows, queries, ours, theirs) -> int:
    """Hits of ours whose exact score is not that of the rival's hit at the same place."""
    def scores(ids):
        return numpy.einsum("qkd,qd->qk", rows[ids].astype(numpy.float64), queries.astype(numpy.float64))
    return int((numpy.abs(scores(ours) - scores(theirs)) > 1e-6).sum())


def main() -> int:
    faiss.omp_set_num_threads(1)
    rows, queries = unit_vectors(ROWS, 1), unit_vectors(QUERIES, 2)
    rival = faiss.IndexFlatIP(DIMENSIONS)
    rival.add(rows)
    theirs = numpy.concatenate([rival.search(queries[i : i + 1], K)[1] for i in range(QUERIES)])
    seconds = {"Kindred": [], f"FAISS {faiss.__version__}": []}
    ours_seconds, rival_seconds = seconds.values()
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("rows.npy", "queries.npy", "ids.npy")]
        numpy.save(names[0], rows)
        numpy.save(names[1], queries)
        program = pathlib.Path(os.environ["KINDRED"]).with_name("kindred_benchmark_exact_search")
        with subprocess.Popen([program, names[0], names[1], str(K), names[2]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as process:
            if process.stdout.readline() != "ready\n":
                return 1
            ours = numpy.load(names[2]).astype(numpy.int64)
            for _ in range(ROUNDS):
                process.stdin.write("\n")
                process.stdin.flush()
                ours_seconds.append(float(process.stdout.readline()))
                start = time.perf_counter()
                for i in range(QUERIES):
                    rival.search(queries[i : i + 1], K)
                rival_seconds.append(time.perf_counter() - start)
            process.stdin.close()

    size = ROWS * DIMENSIONS * 4
    print(f"{ROWS:,} x {DIMENSIONS}, k = {K}, one thread, one query at a time; best of {ROUNDS} rounds of {QUERIES} queries")
    for name, measured in seconds.items():
        rate = QUERIES / min(measured)
        print(f"  {name:14} {rate:8.1f} queries/s   {rate * size / 1e9:6.1f} GB/s")
    print(f"  ratio {min(rival_seconds) / min(ours_seconds):.2f}x")
    wrong = disagreements(rows, queries, ours, theirs)
    print(f"  hits that differ from the rival's by more than rounding: {wrong} of {QUERIES * K}; "
          f"ids at the same place: {(ours == theirs).mean():.2%}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
