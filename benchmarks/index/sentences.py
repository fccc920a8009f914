"""The sentences of the evaluation data's running text, by a plain rule that anyone can repeat.

Running text is the articles of wiki_en, the abstracts of arXiv, SciFact, Cranfield and CACM, the film reviews and the speeches. White space
becomes single spaces. A sentence ends at `.`, `!` or `?`, after which closing quotes and brackets may stand, where a space follows and then
a capital letter or a digit, itself perhaps behind an opening quote or bracket; not after a lone capital letter, which is an initial. In text
that was split into words before, a mark between two spaces ends a sentence too. What has 5 to 64 words counts, each distinct sentence once.
"""

import csv
import json
import lzma
import pathlib
import re
from collections.abc import Iterator

import numpy

WORDS = range(5, 65)
END = re.compile(r"""(?<![\s(.][A-Z])[.!?]["')\]]*\s(?=["'(\[]?[A-Z0-9])|(?<=\s)[.!?]\s""")


def split(text: str) -> list[str]:
    text = " ".join(text.split())
    cuts = [0, *(match.end() for match in END.finditer(text)), len(text)]
    pieces = (text[start:end].strip() for start, end in zip(cuts, cuts[1:]))
    return [piece for piece in pieces if piece.count(" ") + 1 in WORDS]


def _lines(path: pathlib.Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
        yield from file


def _paragraphs(path: pathlib.Path) -> Iterator[str]:
    return (line for line in _lines(path) if not line.startswith("= "))


def _column(path: pathlib.Path, name: str) -> Iterator[str]:
    return (row[name] for row in csv.DictReader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE))


def _field(path: pathlib.Path) -> Iterator[str]:
    return (json.loads(line)["text"] for line in _lines(path))


SOURCES = {
    "wiki_en/enwiki_articles_30MB.txt.xz": _paragraphs,
    "arxiv/arxiv_abstracts.tsv.xz": lambda path: _column(path, "abstract"),
    "movie_reviews/reviews.tsv.xz": lambda path: _column(path, "text"),
    "scifact/corpus.jsonl.xz": _field,
    "cranfield/corpus.jsonl.xz": _field,
    "cacm/corpus.jsonl.xz": _field,
    "speeches/inaugural_addresses_1789_2021.jsonl.xz": _field,
    "speeches/state_of_the_union_1945_2006.jsonl.xz": _field,
}


def shuffled_sentences(data: pathlib.Path, seed: int = 1) -> list[str]:
    """Every distinct sentence, in a random order that depends on the seed alone: each stretch of it takes evenly from all sources."""
    distinct = dict.fromkeys(sentence for name, texts in SOURCES.items() for text in texts(data / name) for sentence in split(text))
    ordered = list(distinct)
    return [ordered[i] for i in numpy.random.default_rng(seed).permutation(len(ordered))]
