"""Word vectors learned from 100 MB of Wikipedia: Kindred beside gensim, fastText and GloVe's reference program, in one run on the same text.

100 dimensions, window 5, 5 drawn words, 5 epochs, min_count 5, sample 1e-4 (GloVe: window 10, 15 epochs, x_max 10); two threads each. A rate is
words of the text times epochs over the seconds of the whole call, counting of words included. Everybody's vectors are judged by gensim:
analogies among the 30,000 most frequent words, Spearman on WS-353, MEN, SimLex-999 and RW. The standard error of an accuracy of n questions is
sqrt(p (1 - p) / n), of a correlation of n pairs (1 - r^2) / sqrt(n - 1). The reference of GloVe is run where vocab_count, cooccur, shuffle and
glove are on the PATH.

Memory is that of Kindred's process at its peak, over that of its two matrices. At the end gensim and Kindred answer all analogies with all
words of the text.

Environment: KINDRED (the program), KINDRED_BENCH_DATA. Arguments: seeds, else 1 2 3; contests by their names below, else all; "quick" takes a
tenth of the text, "once" learns one epoch (five for GloVe).
"""

import json
import logging
import lzma
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import classifiers
from gensim.models import KeyedVectors, Word2Vec

THREADS = 2
DIMENSIONS = 100
RESTRICT = 30_000
PAIRS = ("EN-WS-353-ALL", "EN-MEN-TR-3k", "EN-SIMLEX-999", "EN-RW-STANFORD")
CONTESTS = ("skip-gram", "cbow", "skip-gram-tree", "cbow-tree", "subwords", "glove", "spectral", "memory", "analogies", "classifiers")
GLOVE = ("vocab_count", "cooccur", "shuffle", "glove")

logging.disable(logging.WARNING)
kindred = os.environ["KINDRED"]
data = pathlib.Path(os.environ["KINDRED_BENCH_DATA"])
quick, once = "quick" in sys.argv, "once" in sys.argv
seeds = [int(word) for word in sys.argv[1:] if word.isdigit()] or [1, 2, 3]
contests = [word for word in sys.argv[1:] if word in CONTESTS] or CONTESTS

Trained = tuple[float, KeyedVectors]


def epochs_of(contest: str) -> int:
    usual = 15 if contest == "glove" else 5
    return usual // (3 if contest == "glove" else 5) if once else usual


def judge(vectors: KeyedVectors) -> list[float]:
    row = [vectors.evaluate_word_analogies(data / "analogies/questions-words.txt", restrict_vocab=RESTRICT)[0]]
    return row + [vectors.evaluate_word_pairs(data / f"word_similarity/{name}.txt")[1][0] for name in PAIRS]


def train_kindred(text: pathlib.Path, contest: str, seed: int) -> Trained:
    output = text.with_suffix(".bin")
    options = {
        "skip-gram-tree": ["--algorithm", "skip-gram", "--hierarchical-softmax"],
        "cbow-tree": ["--algorithm", "cbow", "--hierarchical-softmax"],
        "subwords": ["--max-ngram", "6", "--format", "binary"],
        "glove": ["--algorithm", "glove", "--window", "10", "--glove-maximum", "10"],
    }.get(contest, ["--algorithm", contest])
    start = time.perf_counter()
    subprocess.run([kindred, "words", "train", "--input", text, "--output", output, *options, "--dimensions", str(DIMENSIONS), "--epochs",
                    str(epochs_of(contest)), "--sample", "1e-4", "--seed", str(seed), "--threads", str(THREADS)], check=True, capture_output=True)
    return time.perf_counter() - start, KeyedVectors.load_word2vec_format(output, binary=True)


def train_gensim(text: pathlib.Path, contest: str, seed: int) -> Trained:
    tree = contest.endswith("-tree")
    start = time.perf_counter()
    model = Word2Vec(corpus_file=str(text), sg=int(contest.startswith("skip-gram")), hs=int(tree), negative=0 if tree else 5, vector_size=DIMENSIONS,
                     window=5, epochs=epochs_of(contest), min_count=5, sample=1e-4, seed=seed, workers=THREADS)
    return time.perf_counter() - start, model.wv


def train_fasttext(text: pathlib.Path, contest: str, _seed: int) -> Trained:
    import fasttext

    longest = 6 if contest == "subwords" else 0
    start = time.perf_counter()
    model = fasttext.train_unsupervised(str(text), model="skipgram", dim=DIMENSIONS, ws=5, neg=5, epoch=epochs_of(contest), minCount=5, t=1e-4,
                                        minn=3 if longest else 0, maxn=longest, thread=THREADS, verbose=0)
    seconds = time.perf_counter() - start
    vectors = KeyedVectors(DIMENSIONS)
    words = [word for word in model.get_words() if word != "</s>"]
    vectors.add_vectors(words, [model.get_word_vector(word) for word in words])
    return seconds, vectors


def train_reference_glove(text: pathlib.Path, contest: str, seed: int) -> Trained:
    folder = text.parent
    start = time.perf_counter()

    def step(arguments: list, source: pathlib.Path | None, target: pathlib.Path | None) -> None:
        with open(source or os.devnull, "rb") as stdin, open(target or os.devnull, "wb") as stdout:
            subprocess.run(list(map(str, arguments)), stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, check=True)

    vocabulary, counts, shuffled = folder / "vocabulary", folder / "counts", folder / "shuffled"
    step(["vocab_count", "-min-count", 5], text, vocabulary)
    step(["cooccur", "-memory", 4, "-vocab-file", vocabulary, "-window-size", 10], text, counts)
    step(["shuffle", "-memory", 4, "-seed", seed], counts, shuffled)
    step(["glove", "-save-file", folder / "reference", "-threads", THREADS, "-input-file", shuffled, "-x-max", 10, "-iter", epochs_of(contest), "-vector-size",
          DIMENSIONS, "-binary", 0, "-vocab-file", vocabulary, "-seed", seed], None, None)
    seconds = time.perf_counter() - start
    for path in (counts, shuffled):
        path.unlink()
    return seconds, KeyedVectors.load_word2vec_format(folder / "reference.txt", no_header=True)


def rivals_of(contest: str, seed: int) -> dict:
    rivals = {"Kindred": train_kindred}
    if contest.startswith(("skip-gram", "cbow")):
        rivals["gensim"] = train_gensim
    if contest in ("skip-gram", "subwords") and seed == seeds[0]:
        rivals["fastText"] = train_fasttext
    if contest == "glove" and seed == seeds[0] and all(map(shutil.which, GLOVE)):
        rivals["GloVe's reference"] = train_reference_glove
    return rivals


def compare_training(text: pathlib.Path, words: int) -> None:
    print(f"{'':40}{'words a second':>15}{'analogies':>10}" + "".join(f"{pair.split('-')[1]:>8}" for pair in PAIRS))
    rates: dict[tuple[str, str], list[float]] = {}
    for seed in seeds:
        for contest in contests:
            if contest in ("memory", "analogies", "classifiers"):
                continue
            for rival, train in rivals_of(contest, seed).items():
                seconds, vectors = train(text, contest, seed)
                rate = words * epochs_of(contest) / seconds
                rates.setdefault((contest, rival), []).append(rate)
                figures = judge(vectors)
                print(f"{contest + ', ' + rival + f', seed {seed}':40}{rate:>15,.0f}{figures[0]:>10.4f}" + "".join(f"{figure:>8.4f}" for figure in figures[1:]),
                      flush=True)
    mean = {key: sum(values) / len(values) for key, values in rates.items()}
    for (contest, rival), rate in mean.items():
        if rival != "Kindred":
            print(f"{contest}: {mean[contest, 'Kindred'] / rate:.2f}x {rival}")


def measure_memory(text: pathlib.Path) -> None:
    """The peak of a process of its own that learns for one epoch."""
    output = text.with_suffix(".once")
    measured = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", measured, kindred, "words", "train", "--input", text, "--output", output, "--dimensions", str(DIMENSIONS),
                           "--epochs", "1", "--threads", str(THREADS)], check=True, capture_output=True, text=True)
    words, dimensions = map(int, output.open("rb").readline().split())
    print(f"memory: {int(done.stdout) * 1024 / 1e6:.0f} MB, its two matrices {2 * words * dimensions * 4 / 1e6:.0f} MB")


def compare_analogies(text: pathlib.Path) -> None:
    output = text.with_suffix(".all")
    subprocess.run([kindred, "words", "train", "--input", text, "--output", output, "--dimensions", str(DIMENSIONS), "--min-count", "1", "--epochs", "1"],
                   check=True, capture_output=True)
    vectors = KeyedVectors.load_word2vec_format(output, binary=True)
    questions = data / "analogies/questions-words.txt"
    restrict = min(len(vectors), 200_000)
    start = time.perf_counter()
    accuracy = vectors.evaluate_word_analogies(questions, restrict_vocab=restrict)[0]
    theirs = time.perf_counter() - start
    start = time.perf_counter()
    done = subprocess.run([kindred, "words", "evaluate", output, "--analogies", questions, "--restrict", str(restrict), "--threads", str(THREADS), "--json"],
                          check=True, capture_output=True, text=True)
    ours = time.perf_counter() - start
    found = json.loads(done.stdout)["analogies"][0]["total"]
    print(f"all analogies among {restrict:,} words: Kindred {ours:.1f} s ({found['accuracy']:.4f}), loading included, gensim {theirs:.1f} s ({accuracy:.4f}): "
          f"{theirs / ours:.1f}x", flush=True)


def main() -> None:
    source = data / "wiki_en/enwiki_clean_100MB.txt.xz"
    if not source.exists():
        print(f"{source} is not there: nothing to learn from")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # Lines of 1,000 words, since gensim and fastText cut what is longer.
        words = lzma.open(source, "rt").read().split()
        if quick:
            words = words[:len(words) // 10]
        text = folder / "text.txt"
        text.write_text("".join(" ".join(words[i:i + 1000]) + "\n" for i in range(0, len(words), 1000)))
        print(f"{len(words):,} words, {THREADS} threads; seeds {seeds}")
        compare_training(text, len(words))
        if "memory" in contests:
            measure_memory(text)
        if "analogies" in contests:
            compare_analogies(text)
        if "classifiers" in contests:
            classifiers.compare(kindred, data, folder)


main()
