"""Text to vectors in float32: Kindred beside sentence-transformers on PyTorch, in one run for each model.

Encodes arXiv abstracts and titles, two threads each, in alternating rounds, and prints the best round of each. Beside the speed: the
largest difference of any value from the rival's, the Spearman correlation on the STS-B test set of both, and whether a text's bytes are the
same alone, in another batch and at one thread. The share of the machine's bound is floating-point work done a second over
the rate of a large matrix product in PyTorch on the same two threads, measured in the same run.
Attention's quadratic part is counted; embeddings, norms and softmax are not.

Environment: KINDRED (the program), KINDRED_MODEL_MINILM and KINDRED_MODEL_MPNET (folders of all-MiniLM-L6-v2 and all-mpnet-base-v2; one
that is not set is left out), KINDRED_BENCH_DATA.
"""

import csv
import dataclasses
import json
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy
import torch
from scipy.stats import spearmanr
from sentence_transformers import SentenceTransformer

THREADS = 2
ROUNDS = 3


@dataclasses.dataclass
class Task:
    name: str
    folder: str  # the variable that names it
    tolerance: float  # of any value, from the rival's
    abstracts: int
    titles: int


TASKS = [Task("all-MiniLM-L6-v2", "KINDRED_MODEL_MINILM", 1e-5, 1000, 4000), Task("all-mpnet-base-v2", "KINDRED_MODEL_MPNET", 2e-5, 200, 1000)]

kindred = os.environ["KINDRED"]
data = pathlib.Path(os.environ.get("KINDRED_BENCH_DATA", "../shared/data"))


def texts_to_encode(task: Task) -> dict[str, list[str]]:
    path = data / "arxiv" / "arxiv_abstracts.tsv.xz"
    if path.exists():
        with lzma.open(path, "rt", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return {"abstracts": [row["abstract"] for row in rows[::29]][:task.abstracts],
                "titles": [row["title"] for row in rows[::7]][:task.titles]}
    print(f"{path} is absent: on the documentation of Python's own modules instead")
    words = " ".join(str(getattr(sys.modules[name], "__doc__", "") or "") for name in sorted(sys.modules)).split()
    cut = lambda size, count: [" ".join(words[i * size % len(words):][:size]) for i in range(count)]
    return {"abstracts": cut(150, task.abstracts), "titles": cut(11, task.titles)}


def embed(model: str, texts: list[str], threads: int = THREADS) -> tuple[numpy.ndarray, dict]:
    """Through the program; its seconds are those of the encoding, without loading, as the rival's are."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "texts.jsonl")
        source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        output = subprocess.run(
            [kindred, "embed", "--model", model, "--input", source, "--format", "jsonl", "--field", "text", "--output",
             f"{folder}/vectors.npy", "--threads", str(threads), "--json"], check=True, capture_output=True, text=True)
        return numpy.load(f"{folder}/vectors.npy"), json.loads(output.stdout)


def product_rate() -> float:
    """Flops a second of a large float32 matrix product on the same threads."""
    a, b = torch.rand(2048, 1536), torch.rand(1536, 1536)
    best = 0.0
    for _ in range(20):
        start = time.perf_counter()
        a @ b
        best = max(best, 2 * 2048 * 1536 * 1536 / (time.perf_counter() - start))
    return best


def flops(model: str, lengths: list[int]) -> float:
    """Of the matrix products of one pass over texts of these lengths in tokens."""
    config = json.loads(pathlib.Path(model, "config.json").read_text())
    hidden = config["hidden_size"]
    dense = 2 * hidden * (4 * hidden + 2 * config["intermediate_size"])
    return config["num_hidden_layers"] * sum(length * dense + 4 * length * length * hidden for length in lengths)


def spearman_on_sts(encode) -> float | None:
    path = data / "sts_benchmark" / "sts-test.csv"
    if not path.exists():
        print(f"{path} is absent: no STS-B")
        return None
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    first, second = encode([row[5] for row in rows]), encode([row[6] for row in rows])
    return spearmanr((first * second).sum(axis=1), [float(row[4]) for row in rows]).statistic


def measure(task: Task, model: str) -> bool:
    """Prints the task's rows; whether all that was checked holds."""
    rival = SentenceTransformer(model, device="cpu")
    bound = product_rate()
    holds = True
    print(f"{task.name}, {THREADS} threads each; a large matrix product runs at {bound / 1e9:.0f} Gflop/s on them")
    print(f"{'':10} {'texts':>6} {'tokens':>7} {'kindred/s':>10} {'rival/s':>8} {'ratio':>6} {'of bound':>8} {'difference':>10}")
    for name, texts in texts_to_encode(task).items():
        lengths = [len(ids) for ids in rival.tokenizer(texts, truncation=True, max_length=rival.max_seq_length)["input_ids"]]
        rival.encode(texts[:64])
        best_ours = best_rival = float("inf")
        for _ in range(ROUNDS):
            ours, summary = embed(model, texts)
            best_ours = min(best_ours, summary["seconds"])
            start = time.perf_counter()
            theirs = rival.encode(texts)
            best_rival = min(best_rival, time.perf_counter() - start)
        difference = float(abs(ours - theirs).max())
        holds &= difference <= task.tolerance and summary["tokens"] == sum(lengths)
        print(f"{name:10} {len(texts):6} {sum(lengths):7} {len(texts) / best_ours:10.1f} {len(texts) / best_rival:8.1f} "
              f"{best_rival / best_ours:6.2f} {flops(model, lengths) / best_ours / bound:8.0%} {difference:10.1e}")

        one_thread, _ = embed(model, texts, threads=1)
        company, _ = embed(model, texts[::3])
        alone = [embed(model, [text])[0] for text in texts[:3]]
        same = (one_thread.tobytes() == ours.tobytes() and company.tobytes() == ours[::3].tobytes()
                and all(vector.tobytes() == ours[i:i + 1].tobytes() for i, vector in enumerate(alone)))
        holds &= same
        print(f"{'':10} the same bytes alone, in another batch and at one thread: {'yes' if same else 'NO'}")

    scores = [spearman_on_sts(lambda texts: embed(model, texts)[0]), spearman_on_sts(rival.encode)]
    if None not in scores:
        holds &= f"{scores[0]:.4f}" == f"{scores[1]:.4f}"
        print(f"STS-B test, Spearman: kindred {scores[0]:.4f}, rival {scores[1]:.4f}")
    return holds


def main() -> int:
    torch.set_num_threads(THREADS)
    outcomes = [measure(task, os.environ[task.folder]) for task in TASKS if task.folder in os.environ]
    return not all(outcomes)


if __name__ == "__main__":
    sys.exit(main())
