"""Labels of texts: Kindred's classifier beside fastText's, two threads each. Seconds are those of learning, reading of the text included, and in
brackets those until the model is in its file, which Kindred hands to the disk and fastText leaves to the system.

banking77 (its own test set), sentence polarity (every tenth sentence is for the test) and the language of lines of udhr and tatoeba (every
fifth line). Ten passes at least, options as one would choose them; the same for both. Accuracy is that of the likeliest label, three seeds of
each; its standard error is sqrt(p (1 - p) / n).
"""

import csv
import json
import lzma
import math
import pathlib
import random
import re
import subprocess
import time

THREADS = 2
SEEDS = (1, 2, 3)

Lines = list[str]


def words_of(text: str) -> str:
    return " ".join(re.sub(r"([.,!?'\"()])", r" \1 ", text.lower()).split())


def banking(data: pathlib.Path) -> tuple[Lines, Lines]:
    def lines(name: str) -> Lines:
        with open(data / "banking77" / name, encoding="utf-8", newline="") as file:
            return [f"__label__{row['category']} {words_of(row['text'])}" for row in csv.DictReader(file)]
    return lines("train.csv"), lines("test.csv")


def polarity(data: pathlib.Path) -> tuple[Lines, Lines]:
    with lzma.open(data / "sentence_polarity/sentences.tsv.xz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    lines = [f"__label__{row[0]} {words_of(row[-1])}" for row in rows]
    return [line for i, line in enumerate(lines) if i % 10], lines[::10]


def languages(data: pathlib.Path) -> tuple[Lines, Lines]:
    lines = []
    with lzma.open(data / "udhr/udhr.jsonl.xz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            lines += [f"__label__{row['lang']} {' '.join(line.split())}" for line in row["text"].splitlines() if line.strip()]
    for path in sorted((data / "tatoeba").glob("eng-*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for language, text in zip(path.stem.split("-"), line.split("\t")[:2], strict=True):
                lines.append(f"__label__tatoeba_{language} {' '.join(text.split())}")
    return [line for i, line in enumerate(lines) if i % 5], lines[::5]


TASKS = {
    "banking77, pairs of words": (banking, {"epochs": 25, "learning-rate": 0.5, "word-ngrams": 2}),
    "sentence polarity, pairs of words": (polarity, {"epochs": 10, "learning-rate": 0.1, "word-ngrams": 2}),
    "languages, parts of words, hs": (languages, {"epochs": 10, "learning-rate": 0.5, "dimensions": 16, "min-ngram": 2, "max-ngram": 4, "loss": "hs"}),
    "languages, parts of words, softmax": (languages, {"epochs": 10, "learning-rate": 0.5, "dimensions": 16, "min-ngram": 2, "max-ngram": 4}),
}
THEIRS = {"epochs": "epoch", "learning-rate": "lr", "word-ngrams": "wordNgrams", "dimensions": "dim", "min-ngram": "minn", "max-ngram": "maxn", "loss": "loss"}


Figures = tuple[float, float, float]  # seconds of learning, seconds with the file, accuracy


def train_kindred(kindred: str, train: pathlib.Path, test: pathlib.Path, options: dict, seed: int) -> Figures:
    model = train.with_suffix(".bin")
    arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    start = time.perf_counter()
    done = subprocess.run([kindred, "classify", "train", "--input", train, "--output", model, "--threads", str(THREADS), "--seed", str(seed), *arguments],
                          check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    learned = float(re.search(r"learned in ([\d.]+) s", done.stderr)[1])
    score = subprocess.run([kindred, "classify", "evaluate", model, test, "--json"], check=True, capture_output=True, text=True)
    model.unlink()
    return learned, seconds, json.loads(score.stdout)["precision"]


def train_fasttext(train: pathlib.Path, test: pathlib.Path, options: dict, seed: int) -> Figures:
    import fasttext

    model_file = train.with_suffix(".fasttext")
    start = time.perf_counter()
    model = fasttext.train_supervised(str(train), thread=THREADS, verbose=0, seed=seed, **{THEIRS[name]: value for name, value in options.items()})
    learned = time.perf_counter() - start
    model.save_model(str(model_file))
    seconds = time.perf_counter() - start
    model_file.unlink()
    return learned, seconds, model.test(str(test))[1]


def compare(kindred: str, data: pathlib.Path, folder: pathlib.Path) -> None:
    print(f"\n{'classifiers':38}{'Kindred, s':>16}{'fastText, s':>16}{'ratio':>7}{'accuracy':>10}{'theirs':>8}{'std. error':>11}")
    for name, (lines, options) in TASKS.items():
        train, test = folder / "train.txt", folder / "test.txt"
        parts = lines(data)
        random.Random(1).shuffle(parts[0])  # fastText takes texts in the order of their file
        for path, part in zip((train, test), parts, strict=True):
            path.write_text("\n".join(part) + "\n", encoding="utf-8")
        runs = [(train_kindred(kindred, train, test, options, seed), train_fasttext(train, test, options, seed)) for seed in SEEDS]
        ours, theirs = ([sum(column) / len(SEEDS) for column in zip(*rows, strict=True)] for rows in zip(*runs, strict=True))
        print(f"{name:38}" + "".join(f"{f'{learned:.2f} ({seconds:.2f})':>16}" for learned, seconds, _ in (ours, theirs))
              + f"{theirs[0] / ours[0]:6.1f}x{ours[2]:10.4f}{theirs[2]:8.4f}{math.sqrt(ours[2] * (1 - ours[2]) / len(parts[1])):11.4f}", flush=True)
