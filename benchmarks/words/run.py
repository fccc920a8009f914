"""Word vectors learned from 100 MB of Wikipedia: Kindred beside gensim and fastText (without subwords), in one run on the same text.

100 dimensions, window 5, 5 drawn words, 5 epochs, min_count 5, sample 1e-4; two threads each. A rate is words of the text times epochs over
the seconds of the whole call, counting of words included. Everybody's vectors are judged by gensim: analogies among the 30,000 most frequent
words, Spearman on WS-353, MEN, SimLex-999 and RW. Three seeds of Kindred and of gensim; the standard error of an accuracy of n questions is
sqrt(p (1 - p) / n), of a correlation of n pairs (1 - r^2) / sqrt(n - 1).

Memory is that of Kindred's process at its peak, over that of its two matrices. At the end gensim and Kindred answer all analogies with
all words.

Environment: KINDRED (the program), KINDRED_BENCH_DATA. Arguments: seeds, else 1 2 3; "quick" takes a tenth of the text.
"""

import json
import logging
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from gensim.models import KeyedVectors, Word2Vec

THREADS = 2
EPOCHS = 5
DIMENSIONS = 100
RESTRICT = 30_000
PAIRS = ("EN-WS-353-ALL", "EN-MEN-TR-3k", "EN-SIMLEX-999", "EN-RW-STANFORD")

logging.disable(logging.WARNING)
kindred = os.environ["KINDRED"]
data = pathlib.Path(os.environ["KINDRED_BENCH_DATA"])
quick = "quick" in sys.argv
seeds = [int(word) for word in sys.argv[1:] if word != "quick"] or [1, 2, 3]


def judge(vectors: KeyedVectors) -> list[float]:
    row = [vectors.evaluate_word_analogies(data / "analogies/questions-words.txt", restrict_vocab=RESTRICT)[0]]
    return row + [vectors.evaluate_word_pairs(data / f"word_similarity/{name}.txt")[1][0] for name in PAIRS]


def train_kindred(text: pathlib.Path, algorithm: str, seed: int) -> tuple[float, KeyedVectors]:
    output = text.with_suffix(".bin")
    start = time.perf_counter()
    subprocess.run([kindred, "words", "train", "--input", text, "--output", output, "--algorithm", algorithm, "--dimensions", str(DIMENSIONS),
                    "--epochs", str(EPOCHS), "--sample", "1e-4", "--seed", str(seed), "--threads", str(THREADS)], check=True, capture_output=True)
    return time.perf_counter() - start, KeyedVectors.load_word2vec_format(output, binary=True)


def train_gensim(text: pathlib.Path, algorithm: str, seed: int) -> tuple[float, KeyedVectors]:
    start = time.perf_counter()
    model = Word2Vec(corpus_file=str(text), sg=int(algorithm == "skip-gram"), vector_size=DIMENSIONS, window=5, negative=5, epochs=EPOCHS,
                     min_count=5, sample=1e-4, seed=seed, workers=THREADS)
    return time.perf_counter() - start, model.wv


def train_fasttext(text: pathlib.Path, algorithm: str, _seed: int) -> tuple[float, KeyedVectors]:
    import fasttext

    start = time.perf_counter()
    model = fasttext.train_unsupervised(str(text), model=algorithm.replace("-", ""), dim=DIMENSIONS, ws=5, neg=5, epoch=EPOCHS, minCount=5, t=1e-4,
                                        maxn=0, thread=THREADS, verbose=0)
    seconds = time.perf_counter() - start
    vectors = KeyedVectors(DIMENSIONS)
    words = [word for word in model.get_words() if word != "</s>"]
    vectors.add_vectors(words, [model.get_word_vector(word) for word in words])
    return seconds, vectors


def peak_memory(text: pathlib.Path) -> int:
    """Bytes of a process of its own that learns for one epoch."""
    measured = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", measured, kindred, "words", "train", "--input", text, "--output", text.with_suffix(".once"), "--dimensions",
                           str(DIMENSIONS), "--epochs", "1", "--threads", str(THREADS)], check=True, capture_output=True, text=True)
    return int(done.stdout) * 1024


def main() -> None:
    source = data / "wiki_en/enwiki_clean_100MB.txt.xz"
    if not source.exists():
        print(f"{source} is not there: nothing to learn from")
        return
    with tempfile.TemporaryDirectory() as name:
        # Lines of 1,000 words, since gensim and fastText cut what is longer.
        words = lzma.open(source, "rt").read().split()
        if quick:
            words = words[:len(words) // 10]
        text = pathlib.Path(name) / "text.txt"
        text.write_text("".join(" ".join(words[i:i + 1000]) + "\n" for i in range(0, len(words), 1000)))
        total = len(words) * EPOCHS
        print(f"{len(words):,} words, {EPOCHS} epochs, {THREADS} threads; seeds {seeds}")
        print(f"{'':34}{'words a second':>15}{'analogies':>10}" + "".join(f"{pair.split('-')[1]:>8}" for pair in PAIRS))
        rates: dict[tuple[str, str], list[float]] = {}
        for seed in seeds:
            for algorithm in ("skip-gram", "cbow"):
                rivals = {"Kindred": train_kindred, "gensim": train_gensim}
                if algorithm == "skip-gram" and seed == seeds[0]:
                    rivals["fastText, no subwords"] = train_fasttext
                for rival, train in rivals.items():
                    seconds, vectors = train(text, algorithm, seed)
                    rates.setdefault((algorithm, rival), []).append(total / seconds)
                    figures = judge(vectors)
                    print(f"{algorithm + ', ' + rival + f', seed {seed}':34}{total / seconds:>15,.0f}{figures[0]:>10.4f}"
                          + "".join(f"{figure:>8.4f}" for figure in figures[1:]), flush=True)
        mean = {key: sum(values) / len(values) for key, values in rates.items()}
        for (algorithm, rival), rate in mean.items():
            if rival != "Kindred":
                print(f"{algorithm}: {mean[algorithm, 'Kindred'] / rate:.2f}x {rival}")

        vectors = KeyedVectors.load_word2vec_format(text.with_suffix(".bin"), binary=True)
        matrices = 2 * len(vectors) * DIMENSIONS * 4
        print(f"memory: {peak_memory(text) / 1e6:.0f} MB, its two matrices {matrices / 1e6:.0f} MB")

        questions = data / "analogies/questions-words.txt"
        start = time.perf_counter()
        accuracy = vectors.evaluate_word_analogies(questions, restrict_vocab=len(vectors))[0]
        theirs = time.perf_counter() - start
        start = time.perf_counter()
        found = json.loads(subprocess.run([kindred, "words", "evaluate", text.with_suffix(".bin"), "--analogies", questions, "--threads", str(THREADS), "--json"],
                                          check=True, capture_output=True, text=True).stdout)["analogies"][0]["total"]
        ours = time.perf_counter() - start
        print(f"all analogies among {len(vectors):,} words: Kindred {ours:.1f} s ({found['accuracy']:.4f}), loading included, gensim {theirs:.1f} s "
              f"({accuracy:.4f}): {theirs / ours:.1f}x")


main()
