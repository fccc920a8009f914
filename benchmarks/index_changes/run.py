"""An index under change: recall and speed after half of the vectors were deleted and added again, and after a mixed load.

Two threads remove and add vectors while two search, a million operations in all (--operations); every hit found meanwhile must have the score of
the vector that its id stands for. The data is that of the `index` benchmark, which makes it.

Environment: as benchmarks/index/run.py.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy

sys.path.append(str(pathlib.Path(__file__).parents[1] / "index"))
import curves  # noqa: E402
import datasets  # noqa: E402

TYPE, EF = "hnsw,m=16,ef_construction=200,rows=f16", 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="sentences")
    parser.add_argument("--operations", type=int, default=1_000_000)
    arguments = parser.parse_args()
    dataset = datasets.load(arguments.set)
    program = pathlib.Path(os.environ["KINDRED"]).with_name("kindred_benchmark_index_changes")
    with tempfile.TemporaryDirectory() as folder:
        output = subprocess.run([program, dataset.folder / "rows.npy", dataset.folder / "queries.npy", dataset.metric, TYPE, str(EF),
                                 str(arguments.operations), folder], check=True, stdout=subprocess.PIPE, text=True).stdout
        measured = json.loads(output)
        recalls = {name: curves.recall(dataset, numpy.load(pathlib.Path(folder, f"{name}.npy")))
                   for name in ("fresh", "again", "mixed")}
    queries, rows = len(dataset.queries), len(dataset.rows)
    print(f"{dataset.name}: {rows:,} vectors, {TYPE}, ef_search {EF}, recall@10 and queries a second on one thread")
    for name, what, seconds in (("fresh", "built", "fresh_seconds"), ("again", "half deleted and added again", "again_seconds"),
                                ("mixed", "after the mixed load", "mixed_search_seconds")):
        print(f"  {what:30} recall {recalls[name]:.4f}   {queries / measured[seconds]:8.0f} queries/s")
    half = (rows + 1) // 2
    print(f"  deletes {half / measured['remove_seconds']:,.0f} a second on one thread, adds {half / measured['add_seconds']:,.0f} on all")
    print(f"  mixed load: {measured['operations']:,} operations, {measured['changes']:,} of them changes, in {measured['mixed_seconds']:.0f} s, "
          f"wrong answers: {measured['wrong']}")
    return 1 if measured["wrong"] or measured["size"] != rows else 0


if __name__ == "__main__":
    sys.exit(main())
