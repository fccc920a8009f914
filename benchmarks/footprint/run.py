"""How much it takes: time from process start to a first vector, memory, and bytes on the disk.

Ours and sentence-transformers' (PyTorch, CPU) run as processes of their own on the same texts with two threads each. The first vectors
are compared before anything is reported. "libc" are the libraries that come with the C library itself and are on every machine.
"""

import json
import lzma
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time

import numpy as np

KINDRED = os.environ["KINDRED"]
MODEL = os.environ["KINDRED_MODEL_MINILM"]
DATA = pathlib.Path(os.environ.get("KINDRED_BENCH_DATA", "../shared/data"))
THREADS = "2"
TEXTS = 1000
RUNS = 5
LIBC = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|resolv))\.so")

RIVAL = """
import sys
import numpy, torch
from sentence_transformers import SentenceTransformer
model, input, output = sys.argv[1:]
torch.set_num_threads(2)
texts = open(input, encoding="utf-8").read().splitlines()
numpy.save(output, SentenceTransformer(model, device="cpu").encode(texts))
"""


def texts():
    """1,000 abstracts of the evaluation data, else paragraphs of the documentation that Debian puts on every machine."""
    file = DATA / "arxiv/arxiv_abstracts.tsv.xz"
    if file.exists():
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            next(lines)
            found = [line.rstrip("\n").split("\t")[5] for line, _ in zip(lines, range(TEXTS))]
        return found, f"{TEXTS:,} arXiv abstracts"
    found = []
    for path in sorted(pathlib.Path("/usr/share/doc").glob("*/copyright")):
        for paragraph in path.read_text(encoding="utf-8", errors="replace").split("\n\n"):
            words = " ".join(paragraph.split())
            if len(words) > 400:
                found.append(words)
        if len(found) >= TEXTS:
            break
    return found[:TEXTS], f"{min(len(found), TEXTS):,} paragraphs of /usr/share/doc (no evaluation data at {DATA})"


def run(command):
    """Seconds and peak resident bytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={**os.environ, "OMP_NUM_THREADS": THREADS, "HF_HUB_OFFLINE": "1"})
    words = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command} failed:\n{words.decode()}")
    return seconds, usage.ru_maxrss * 1024


def ours(input, output):
    return [KINDRED, "embed", "--model", MODEL, "--input", str(input), "--output", str(output), "--threads", THREADS]


def theirs(input, output):
    return [sys.executable, "-c", RIVAL, MODEL, str(input), str(output)]


def first_vector(make, folder):
    """Seconds to the vector of one short text: the median of several runs, the first of all left out (it fills the page cache)."""
    input, output = folder / "one.txt", folder / "one.npy"
    input.write_text("edit photographs\n")
    seconds = [run(make(input, output))[0] for _ in range(RUNS + 1)][1:]
    return statistics.median(seconds), np.load(output)


def on_disk(folder):
    """(what, bytes, whether the C library's own) of the stripped program and the shared libraries that it loads."""
    stripped = folder / "kindred"
    shutil.copy(KINDRED, stripped)
    subprocess.run(["strip", stripped], check=True)
    parts = [("kindred (stripped)", stripped.stat().st_size, False)]
    for line in subprocess.run(["ldd", KINDRED], capture_output=True, text=True, check=True).stdout.splitlines():
        match = re.search(r"(/\S+)", line)
        if match:
            path = pathlib.Path(match[1]).resolve()
            name = pathlib.Path(match[1]).name
            parts.append((name, path.stat().st_size, bool(LIBC.match(name))))
    return sorted(parts, key=lambda part: -part[1])


def size_of(folder):
    return sum(path.lstat().st_size for path in pathlib.Path(folder).rglob("*") if not path.is_dir())


def table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("| " + " | ".join("-" * width for width in widths) + " |")


def megabytes(size):
    return f"{size / 1e6:,.1f} MB" if size < 1e8 else f"{size / 1e6:,.0f} MB"


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        our_start, our_vector = first_vector(ours, folder)
        their_start, their_vector = first_vector(theirs, folder)
        if np.abs(our_vector - their_vector).max() > 1e-5:
            sys.exit("the first vectors differ: these figures would mean nothing")

        found, what = texts()
        input = folder / "texts.txt"
        input.write_text("\n".join(found) + "\n", encoding="utf-8")
        our_memory = run(ours(input, folder / "ours.npy"))[1]
        their_memory = run(theirs(input, folder / "theirs.npy"))[1]
        difference = float(np.abs(np.load(folder / "ours.npy") - np.load(folder / "theirs.npy")).max())

        parts = on_disk(folder)
        our_size = sum(size for _, size, libc in parts if not libc)
        their_size = size_of(sysconfig.get_path("purelib"))

    print(f"\nMemory while encoding {what}; vectors differ by at most {difference:.1e}\n")
    table([("", "Kindred", "sentence-transformers", "ratio"),
           ("process start to first vector", f"{our_start:.3f} s", f"{their_start:.2f} s", f"{their_start / our_start:.0f}x"),
           ("peak memory", megabytes(our_memory), megabytes(their_memory), f"{their_memory / our_memory:.1f}x"),
           ("on disk, libc apart", megabytes(our_size), megabytes(their_size), f"{their_size / our_size:.0f}x")])
    print("\nThe program and its libraries:\n")
    table([("file", "size", "")] + [(file, megabytes(size), "libc" if libc else "") for file, size, libc in parts])
    print("\n" + json.dumps({"first_vector_seconds": our_start, "peak_bytes": our_memory, "disk_bytes": our_size,
                             "largest_difference": difference}))


if __name__ == "__main__":
    # A child's peak memory counts from what it inherits: keep this process small.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 200 * 1024
    main()
