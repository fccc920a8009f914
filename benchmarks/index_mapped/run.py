"""A mapped index in little memory: recall and speed while the process may keep no more than its codes and links.

  run.py [--set NAME] [--share 0.25]

The file is built from the data of the `index` benchmark, which makes it. Searches run in a process of their own, first in as much memory as it
likes, then in a control group whose limit is `share` of what hnswlib takes for the same vectors (a row of float32, 2 M + 1 links and a label a
vector, M = 16: what its allocation holds). The rows then come from the disk as they are asked for. Needs the right to make a control group.

Environment: as benchmarks/index/run.py.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy

sys.path.append(str(pathlib.Path(__file__).parents[1] / "index"))
import curves  # noqa: E402
import datasets  # noqa: E402

TYPE, RECALL, K, FEW = "hnsw,m=16,ef_construction=200,rows=f16", 0.95, 10, 100
GROUPS = (("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes"), ("/sys/fs/cgroup", "memory.max", "memory.peak"))


class Group:
    """A control group of processes whose memory, their pages of files included, stays below a limit."""

    def __init__(self, limit: int = 1 << 40):
        for root, limit_file, peak_file in GROUPS:
            self._folder = pathlib.Path(root, f"kindred_benchmark_{os.getpid()}")
            try:
                self._folder.mkdir()
            except OSError:
                continue
            if (self._folder / limit_file).exists():
                (self._folder / limit_file).write_text(str(limit))
                self._peak = self._folder / peak_file
                return
            self._folder.rmdir()
        raise OSError("no control group for memory can be made here")

    def enter(self) -> None:
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    def peak(self) -> int:
        return int(self._peak.read_text())

    def __enter__(self) -> "Group":
        return self

    def __exit__(self, *_) -> None:
        for _ in range(50):  # its last process may be on its way out
            try:
                return self._folder.rmdir()
            except OSError:
                time.sleep(0.1)


def forget(path: pathlib.Path) -> None:
    """Drops the file's pages: who reads them next is charged for them."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def build(index: pathlib.Path, dataset, rows: pathlib.Path) -> pathlib.Path:
    """An index file that is tuned to RECALL."""
    for command in (["build", "--vectors", rows, "--metric", dataset.metric, "--type", TYPE, "--output", index],
                    ["tune", "--index", index, "--queries", dataset.folder / "queries.npy", "--recall", str(RECALL)]):
        subprocess.run([os.environ["KINDRED"], "index", *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return index


def search(index: pathlib.Path, dataset, group: Group | None) -> tuple[float, float]:
    """Recall, and queries a second."""
    ids = index.with_suffix(".ids.npy")
    output = subprocess.run([os.environ["KINDRED"], "index", "search", "--index", index, "--queries", dataset.folder / "queries.npy", "--k", str(K),
                             "--output-ids", ids, "--threads", "1", "--json"], check=True, stdout=subprocess.PIPE, text=True,
                            preexec_fn=group.enter if group else None).stdout
    return curves.recall(dataset, numpy.load(ids).astype(numpy.int64)), json.loads(output)["queries_per_second"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="sentences")
    parser.add_argument("--share", type=float, default=0.25)
    arguments = parser.parse_args()
    dataset = datasets.load(arguments.set)
    rows, dimensions = dataset.rows.shape
    of_hnswlib = rows * (4 * dimensions + 4 * (2 * 16 + 1) + 8)
    limit = int(arguments.share * of_hnswlib)
    with tempfile.TemporaryDirectory(dir=datasets.CACHE) as folder:
        index = build(pathlib.Path(folder, "mapped.index"), dataset, dataset.folder / "rows.npy")
        print(f"{dataset.name}: {rows:,} x {dimensions}, a file of {index.stat().st_size / 1e6:.0f} MB; hnswlib takes {of_hnswlib / 1e6:.0f} MB")
        recall, speed = search(index, dataset, None)
        print(f"  in as much memory as it likes: recall {recall:.4f}, {speed:,.0f} queries/s")
        few = pathlib.Path(folder, "few.npy")
        numpy.save(few, dataset.rows[:FEW])
        small = build(pathlib.Path(folder, "small.index"), dataset, few)
        try:
            with Group() as group:
                search(small, dataset, group)
                own = group.peak()
            forget(index)
            with Group(limit + own) as group:
                recall, speed = search(index, dataset, group)
        except OSError as error:
            print(f"  in {limit / 1e6:.0f} MB: not measured, {error}")
            return 0
    print(f"  in {limit / 1e6:.0f} MB ({arguments.share:.2f}x): recall {recall:.4f}, {speed:,.0f} queries/s, beside {own / 1e6:.0f} MB of the "
          "program, the queries and the answers")
    return 0 if recall >= RECALL else 1


if __name__ == "__main__":
    sys.exit(main())
