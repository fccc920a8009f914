"""The program `kindred tokenize` on many texts at once. Environment: KINDRED, its path."""

import json
import os
import pathlib
import subprocess
from collections.abc import Iterator

KINDRED = os.environ["KINDRED"]


def run(path: pathlib.Path, arguments: list[str], lines: bytes, folder: pathlib.Path) -> Iterator[dict]:
    """What the program prints for each line, as objects."""
    source, target = folder / "lines", folder / "answers"
    source.write_bytes(lines)
    with target.open("wb") as output:
        done = subprocess.run([KINDRED, "tokenize", "--model", path, "--input", source, "--json", *arguments], stdout=output, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode().strip())
    with target.open(encoding="utf-8", newline="\n") as answers:
        yield from map(json.loads, answers)


def tokenized(path: pathlib.Path, group: list[str | bytes], folder: pathlib.Path) -> Iterator[dict]:
    if isinstance(group[0], bytes):
        yield from run(path, ["--no-truncate"], b"".join(text + b"\n" for text in group), folder)
    else:
        lines = "".join(json.dumps({"text": text}) + "\n" for text in group).encode()
        yield from run(path, ["--no-truncate", "--format", "jsonl", "--field", "text"], lines, folder)
