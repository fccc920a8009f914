"""Texts on which tokenizers are compared: real lines in many languages, every code point, random mixtures, bytes that are not UTF-8, and
long texts that ask for quadratic time. The same on every run; without the evaluation data, the project's own pages stand for it."""

import csv
import itertools
import json
import lzma
import pathlib
import random
import unicodedata
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[3]
# What the added tokens of parts.added_rows() look like. No two may look the same once they are normalized, whatever the normalizer: which
# of them the reference then finds is the order of a hash map, another on every run.
ADDED_CONTENTS = ["<x>", "<x", "[MASK]", "<s>", "</s>", "new york", "\u00c9t\u00e9", " lead", "\u4e2d\u6587", "ab", "\u2581a"]
NEARLY_ADDED = ["[mask]", "NEW  york", "NEW YORK", "E\u0301te\u0301", "lead", "AB", "abc", " \u4e2d \u6587", "<X>", "< x>", " a"]

POOLS = {
    "letters": "aabbcdeetthhiosnrABCDEXYZ",
    "accents": "\u00e9\u00c9\u00fc\u0130\u0131\u00df\u1e9e\u017f\u01c5\ufb01\u0149\u212b\u00bd\u2460",
    "greek_cyrillic": "\u03a3\u03c2\u03c3\u0390\u0416\u0436\u0451\u0439",
    "han": "\u4e2d\u6587\u56fd\u3005\u3007\U00020000\u3400",
    "kana": "\u3072\u30ab\u30fc\u309a\u3099\uff76\uff9e",
    "hangul": "\ud55c\uae00\u1112\u1161\u11ab\u3131",
    "indic_thai": "\u0915\u094d\u0937\u093f\u0e33\u0e01\u0e49\u0b95\u0bbf",
    "arabic_hebrew": "\u0639\u0631\u0628\u064a\u0651\u200f\u05e9\u05c1",
    "marks": "\u0301\u0300\u0323\u0327\u0308\u20e3\ufe0f\u0345\U0001d165",
    "spaces": "    \t\n\r\u00a0\u3000\u2003\u2028\u0085\u200b\ufeff\u1680\v\f\u180e",
    "controls": "\x00\x01\x1b\x7f\u00ad\u200d\u200c\u2060\ufffd\ufffe\ue000\U000f0000",
    "digits": "0123456789\u0663\u0e53\u00b2\u2167\U0001d7d8",
    "signs": "..,!?--'\"_/@#$%&*()[]<>|~^`+=\u2581\u0120\u2014\u3002\u00ab\u00b7",
    "emoji": "\U0001f600\U0001f468\u200d\U0001f469\U0001f3fd\u2764\ufe0f\U0001f1e9\U0001f1ea\u00a9",
    "contractions": ["'s", "'LL", "n't", "'re", "don't", "'\u017f", "\r\n", "  ", "##", "</w>", "<0x41>", "\u2581\u2581"],
}


def _lines(path: pathlib.Path) -> Iterator[str]:
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8", errors="replace", newline="\n") as file:
        yield from file


def real(data: pathlib.Path, lines_each: int) -> list[str]:
    """Lines of many languages, evenly out of what is there; `lines_each` of each source."""
    sources = []
    for path in sorted((data / "tatoeba").glob("eng-*.tsv")):
        rows = list(csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE))
        sources.append([cell for row in rows for cell in row])
    if (declarations := data / "udhr" / "udhr.jsonl.xz").is_file():
        texts = [json.loads(line)["text"] for line in _lines(declarations)]
        sources += [text[:1200].splitlines(keepends=True) for text in texts]
    for name in ("wiki_zh/zhwiki_articles_3MB.txt.xz", "wiki_en/enwiki_articles_30MB.txt.xz", "emoji/emoji.tsv", "arxiv/arxiv_abstracts.tsv.xz"):
        if (path := data / name).is_file():
            sources.append(list(itertools.islice(_lines(path), 6000)))
    if not sources:
        sources = [page.read_text(encoding="utf-8").splitlines(keepends=True) for page in sorted(ROOT.rglob("*.md")) if "build" not in page.parts]
    return [line for source in sources for line in source[:: max(1, len(source) // lines_each)][:lines_each]]


def sweep(every: bool) -> list[str]:
    """Code points alone and between letters, 64 to a text. All where `every`; else those that are assigned, and some of the others."""
    def wanted(code: int) -> bool:
        return every or code % 251 == 0 or unicodedata.category(chr(code)) not in ("Cn", "Co")

    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000 and wanted(code)]
    return [" ".join(f"{c} a{c}b" for c in characters[i:i + 64]) for i in range(0, len(characters), 64)]


def single_characters() -> list[str]:
    """Texts of one character: where a text begins or ends is not as within one."""
    return [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000 and (code < 0x3100 or code % 41 == 0)]


def mixtures(count: int) -> list[str]:
    random_ = random.Random(11)
    pools = [list(pool) for pool in POOLS.values()]
    made = ["", " ", "\n"]
    while len(made) < count:
        chosen = random_.sample(pools, random_.randint(1, 4)) + [[" "]] * random_.randint(0, 2)
        text = ""
        for _ in range(random_.randint(1, 24)):
            if random_.random() < 0.08:
                text += random_.choice(ADDED_CONTENTS + NEARLY_ADDED)
            else:
                text += random_.choice(random_.choice(chosen)) * random_.choice((1, 1, 1, 1, 2, 3, 40))
        made.append(text)
    return made


def broken(count: int) -> list[bytes]:
    """Lines of bytes that are not UTF-8: cut sequences, overlong ones, surrogates, beyond the last code point, stray bytes."""
    random_ = random.Random(13)
    parts = [b"\xff", b"\x80", b"\xc0\xaf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf0\x9f\x98", b"\xe4\xb8", b"\xc3",
             b"\xf8\x88\x80\x80\x80",
             b"a", b" ", b"the ", b"\xf0\x9f\x98\x80", "\u4e2d".encode(), "e\u0301".encode(), b"<x>", b"\x00", b"[MASK]", b"5"]
    made = [b"".join(random_.choices(parts, k=random_.randint(1, 20))) for _ in range(count // 2)]
    while len(made) < count:
        made.append(bytes(random_.randrange(256) for _ in range(random_.randint(1, 30))))
    return [line.replace(b"\n", b"").replace(b"\r", b"").removeprefix(b"\xef\xbb\xbf") for line in made]


def adversarial(size: int) -> dict[str, str | bytes]:
    """Texts of about `size` bytes. None has a line's end, so that each is one text of a file of lines; broken UTF-8 is bytes."""
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\u200d"
    units = {"one letter": "a", "spaces": " ", "combining marks": "\u0301", "joined emoji": family, "letter and blank": "a ",
             "two letters": "ab", "han": "\u4e2d", "digits": "7", "signs": "!", "apostrophes": "'", "angles": "<", "nearly added": "<x",
             "tabs": "\t", "unknown": "\U000e0041", "unordered marks": "\u0301\u0323", "hangul": "\u1112\u1161\u11ab"}
    made: dict[str, str | bytes] = {name: unit * (size // len(unit.encode())) for name, unit in units.items()}
    made["broken UTF-8"] = b"\xf0\x9f\x98" * (size // 3)
    made["letter of many marks"] = "a" + "\u0323\u0301" * (size // 4)
    return made
