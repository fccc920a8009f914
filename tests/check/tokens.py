"""Kindred's tokens beside those of Hugging Face tokenizers: ids and offsets, over much real text and every code point.

The texts: each line of every text file of the evaluation data (of JSON lines, each of their strings; of arXiv, titles and abstracts),
then every code point alone and between two letters. Prints texts, tokens and differing texts of each source, the first differences
in full, and fails unless there are none.

Environment: KINDRED (the program), KINDRED_MODEL_MINILM (the model's folder), KINDRED_BENCH_DATA.
"""

import collections
import csv
import itertools
import json
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import tokenizers

CHUNK = 2_000_000  # characters that are compared at once: bounds the memory
LINE = 200_000  # a longer line is cut: some files have but one
SHOWN = 5
SUFFIXES = {".txt", ".csv", ".tsv", ".jsonl", ".json", ".md", ".py", ".all", ".text", ".qry", ".vec", ".orig"}

kindred = os.environ["KINDRED"]
model = os.environ["KINDRED_MODEL_MINILM"]
data = pathlib.Path(os.environ.get("KINDRED_BENCH_DATA", "../shared/data"))

reference = tokenizers.Tokenizer.from_file(f"{model}/tokenizer.json")
reference.no_truncation()
reference.no_padding()


def strings_in(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(map(strings_in, value.values()))
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(map(strings_in, value))


def texts_of(path: pathlib.Path) -> Iterator[str]:
    opened = lzma.open if path.suffix == ".xz" else open
    name = path.name.removesuffix(".xz")
    with opened(path, "rt", encoding="utf-8", errors="replace", newline="\n") as file:
        if name == "arxiv_abstracts.tsv":
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["title"]
                yield row["abstract"]
        elif name.endswith(".jsonl"):
            for line in file:
                try:
                    yield from strings_in(json.loads(line))
                except ValueError:  # not one document a line
                    yield line
        else:
            while line := file.readline(LINE):
                yield line


def sources() -> Iterator[tuple[str, Iterator[str]]]:
    """Names and texts; the files of a folder are one source."""
    if not data.is_dir():
        print(f"{data} is absent: code points only (KINDRED_BENCH_DATA names the evaluation data)")
    folders = collections.defaultdict(list)
    for path in sorted(data.rglob("*")) if data.is_dir() else []:
        name = pathlib.Path(path.name.removesuffix(".xz"))
        if path.is_file() and name.suffix in SUFFIXES:
            folders[path.relative_to(data).parts[0]].append(path)
    for folder, paths in folders.items():
        yield folder, itertools.chain.from_iterable(map(texts_of, paths))
    characters = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    yield "code points", iter(characters)
    yield "code points between letters", (f"a{c}b" for c in characters)


def chunks(texts: Iterator[str]) -> Iterator[list[str]]:
    chunk, size = [], 0
    for text in texts:
        chunk.append(text)
        size += len(text) + 10
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def ours(texts: list[str]) -> Iterator[dict]:
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "texts.jsonl"), pathlib.Path(folder, "tokens.jsonl")
        source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        with target.open("wb") as output:
            subprocess.run([kindred, "tokenize", "--model", model, "--input", source, "--format", "jsonl", "--field", "text", "--json",
                            "--no-truncate"], stdout=output, check=True)
        with target.open() as lines:
            yield from map(json.loads, lines)


def main() -> int:
    totals = collections.Counter()
    print(f"{'':30} {'texts':>9} {'tokens':>10} {'differing':>9}")
    for name, texts in sources():
        counts = collections.Counter(texts=0, tokens=0, differing=0)
        for chunk in chunks(texts):
            # strict: a text without an answer is an error, not agreement.
            for text, mine, theirs in zip(chunk, ours(chunk), reference.encode_batch(chunk), strict=True):
                counts.update(texts=1, tokens=len(theirs.ids))
                if mine["ids"] != theirs.ids or [tuple(offset) for offset in mine["offsets"]] != theirs.offsets:
                    counts["differing"] += 1
                    if totals["differing"] + counts["differing"] <= SHOWN:
                        print(f"{name}: {text[:200]!a}\n  kindred   {mine['tokens']} {mine['offsets']}\n"
                              f"  reference {theirs.tokens} {theirs.offsets}")
        print(f"{name:30} {counts['texts']:9} {counts['tokens']:10} {counts['differing']:9}", flush=True)
        totals += counts
    print(f"{'all':30} {totals['texts']:9} {totals['tokens']:10} {totals['differing']:9}")
    return totals["differing"] > 0


if __name__ == "__main__":
    sys.exit(main())
