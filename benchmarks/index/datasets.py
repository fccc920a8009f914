"""The sets of vectors that the benchmark of the index searches, made once and kept under build/benchmark/index.

| set             | rows               | dims | metric    | what                                                              |
| sentences       | 100,000            | 384  | cosine    | all-MiniLM-L6-v2 of distinct sentences, evenly from all sources   |
| sentences_large | every other (534k) | 384  | cosine    | all sentences; the same queries                                   |
| fashion         | 60,000             | 784  | euclidean | Fashion-MNIST, pixels 0 to 255                                    |
| words           | about 95,000       | 200  | cosine    | skip-gram by gensim on 100 MB of Wikipedia                        |
| mpnet           | 50,000             | 768  | cosine    | all-mpnet-base-v2 by sentence-transformers, of the same sentences |

Where the evaluation data is missing, `made` stands in: 50,000 vectors of 256 dimensions, clusters in 24 dimensions bent into 256.

Each has 2,000 queries that are not among its rows, and the true 100 nearest rows of each. A folder holds rows.npy, queries.npy (float32)
and truth.npy (int64, best first).

  python datasets.py NAME...    makes these sets (without a name: all) and prints where they are

Environment: KINDRED (the program), KINDRED_MODEL_MINILM, KINDRED_BENCH_DATA, KINDRED_BENCH_CACHE (where sets are kept).
"""

import dataclasses
import functools
import lzma
import os
import pathlib
import sys

import numpy

import encoders
import exact
import sentences

QUERIES, TRUTH = 2_000, 100
DATA = pathlib.Path(os.environ.get("KINDRED_BENCH_DATA", "../shared/data"))
CACHE = pathlib.Path(os.environ.get("KINDRED_BENCH_CACHE", pathlib.Path(__file__).parents[2] / "build/benchmark/index"))


@dataclasses.dataclass(frozen=True)
class Dataset:
    name: str
    metric: str
    folder: pathlib.Path

    def _load(self, part: str) -> numpy.ndarray:
        return numpy.load(self.folder / f"{part}.npy")

    rows = functools.cached_property(lambda self: self._load("rows"))
    queries = functools.cached_property(lambda self: self._load("queries"))
    truth = functools.cached_property(lambda self: self._load("truth"))


def _sentences(count: int | None, encode) -> tuple[numpy.ndarray, numpy.ndarray]:
    texts = sentences.shuffled_sentences(DATA)
    rows = texts[QUERIES:] if count is None else texts[QUERIES:QUERIES + count]
    return encode(rows, CACHE), encode(texts[:QUERIES], CACHE)


def _images(name: str) -> numpy.ndarray:
    """An IDX file: 16 bytes of header, then a byte a pixel."""
    pixels = numpy.frombuffer(lzma.open(DATA / "fashion_mnist" / name).read(), numpy.uint8, offset=16)
    return pixels.reshape(-1, 784).astype(numpy.float32)


def _fashion() -> tuple[numpy.ndarray, numpy.ndarray]:
    return _images("train-images-idx3-ubyte.xz"), _images("t10k-images-idx3-ubyte.xz")[:QUERIES]


def _words() -> tuple[numpy.ndarray, numpy.ndarray]:
    vectors = encoders.skip_gram(DATA / "wiki_en/enwiki_clean_100MB.txt.xz")
    order = numpy.random.default_rng(1).permutation(len(vectors))
    return vectors[order[QUERIES:]], vectors[order[:QUERIES]]


def _made() -> tuple[numpy.ndarray, numpy.ndarray]:
    random = numpy.random.default_rng(1)
    count = 50_000 + QUERIES
    centres, bend, mix = (random.standard_normal(shape) for shape in ((500, 24), (24, 128), (128, 256)))
    inner = 0.7 * centres[random.integers(500, size=count)] + 0.5 * random.standard_normal((count, 24))
    vectors = (numpy.tanh(inner @ bend / 3) @ mix).astype(numpy.float32)
    return vectors[QUERIES:], vectors[:QUERIES]


SUBSTITUTE = "made"
SETS = {
    "sentences": ("cosine", lambda: _sentences(100_000, encoders.minilm)),
    "fashion": ("euclidean", _fashion),
    "words": ("cosine", _words),
    "sentences_large": ("cosine", lambda: _sentences(None, encoders.minilm)),
    "mpnet": ("cosine", lambda: _sentences(50_000, encoders.mpnet)),
    SUBSTITUTE: ("cosine", _made),
}


def load(name: str) -> Dataset:
    """Makes the set where it is not there. A FileNotFoundError says what the evaluation data lacks."""
    metric, make = SETS[name]
    dataset = Dataset(name, metric, CACHE / name)
    if not (dataset.folder / "truth.npy").exists():
        rows, queries = make()
        dataset.folder.mkdir(parents=True, exist_ok=True)
        parts = {"rows": rows, "queries": queries, "truth": exact.nearest(rows, queries, metric, TRUTH)}
        for part, values in parts.items():
            encoders.save(dataset.folder / f"{part}.npy", numpy.ascontiguousarray(values))
    return dataset


def main() -> None:
    for name in sys.argv[1:] or (name for name in SETS if name != SUBSTITUTE):
        dataset = load(name)
        print(f"{dataset.folder}: {dataset.rows.shape} rows, {dataset.queries.shape} queries, {dataset.metric}", flush=True)


if __name__ == "__main__":
    main()
