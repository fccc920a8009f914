"""A rival in a process of its own: `worker.py RIVAL ROWS.npy QUERIES.npy METRIC`.

It speaks as the program kindred_benchmark_index does. First a line of JSON about the build, {"build_seconds", "resident_bytes"}; then for
each line `search SETTING K IDS.npy` it searches all queries in one call on one thread, writes their ids (queries x k, uint64; the largest
number where a hit is missing) and answers {"seconds"}. `filter SETTING K ALLOWED.npy IDS.npy` searches among the ids in ALLOWED.npy, whose
preparation is not timed. SETTING is JSON without spaces. What libraries print goes to standard error.
"""

import ctypes
import functools
import gc
import importlib
import json
import os
import sys
import time

import numpy

import exact
import rivals


def resident_bytes() -> int:
    """Of this process, after freed memory went back to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def answers_channel():
    """Standard output for our answers alone; everybody else's goes to standard error."""
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return channel


def main() -> None:
    name, rows_path, queries_path, metric = sys.argv[1:]
    answers = answers_channel()
    rival = rivals.RIVALS[name]
    importlib.import_module(rivals.MODULES[rival.library])
    rows, queries = numpy.load(rows_path), numpy.load(queries_path)
    if metric == "cosine":
        rows, queries = exact.unit(rows), exact.unit(queries)
    before = resident_bytes() - rows.nbytes
    start = time.perf_counter()
    search = rival.build(rows, metric)
    build_seconds = time.perf_counter() - start
    del rows  # every rival copies what it keeps; one that referred to the caller's rows would keep them alive, and be charged for them
    print(json.dumps({"build_seconds": build_seconds, "resident_bytes": resident_bytes() - before}), file=answers)

    allowed_paths = allowed = None
    for line in sys.stdin:
        verb, setting, k, *paths, path = line.split()
        setting, k = json.loads(setting), int(k)
        if verb == "filter":
            if paths != allowed_paths:
                allowed_paths, allowed = paths, search.allow(numpy.load(paths[0]).astype(numpy.int64))
            searching = functools.partial(search, queries, k, setting, allowed)
        else:
            searching = functools.partial(search, queries, k, setting)
        start = time.perf_counter()
        ids = searching()
        seconds = time.perf_counter() - start
        numpy.save(path, numpy.asarray(ids).astype(numpy.int64).astype(numpy.uint64))
        print(json.dumps({"seconds": seconds}), file=answers)


if __name__ == "__main__":
    main()
