"""Makes src/text/unicode/unicode_tables.cpp from the reference tokenizer itself.

What is a letter, a mark or a punctuation character depends on the version of Unicode, and the reference (Hugging Face tokenizers,
version in requirements.txt) carries several: its categories are older than its case mapping, which is older than its decompositions.
So no table of one version agrees with it. This script asks the reference about every code point and writes down what it does.

Run by hand after a change of the reference: python tests/golden/make_unicode_tables.py
"""

import pathlib
import unicodedata

import tokenizers
from tokenizers import normalizers, pre_tokenizers

TARGET = pathlib.Path(__file__).parents[2] / "src" / "text" / "unicode" / "unicode_tables.cpp"
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)  # decomposed by rule, not by table


def bert(**on):
    flags = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**(flags | on)).normalize_str


clean, space_chinese, strip, lower = (bert(**{flag: True}) for flag in (
    "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"))
decompose = normalizers.NFD().normalize_str
split_bert = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
split_letters, split_numbers, split_white_space = (
    pre_tokenizers.Split(tokenizers.Regex(expression), "removed").pre_tokenize_str for expression in (r"\p{L}", r"\p{N}", r"\s"))
split_digits = pre_tokenizers.Digits(individual_digits=True).pre_tokenize_str
split_words = pre_tokenizers.Whitespace().pre_tokenize_str  # the expression \\w+|[^\\w\\s]+


def between(function, c: int) -> str:
    """What becomes of a code point between two letters."""
    result = function("a" + chr(c) + "b")
    assert result[0] == "a" and result[-1] == "b", hex(c)
    return result[1:-1]


def combining_classes(codes: list[int]) -> dict[int, int]:
    """The canonical combining class of marks, by where the reference sorts them among marks of known classes."""
    def moved(first: str, second: str) -> bool:
        return first != second and decompose("a" + first + second) == "a" + second + first

    def mark_of(c: int) -> str:
        """What is sorted: of a mark that is decomposed, the first one."""
        return decompose(chr(c))[0]

    # Only marks that the reference knows as such: it moves a mark of class 1 before them, or them before one of class 240.
    anchors = {}
    for c in CODE_POINTS:
        order, mark = unicodedata.combining(chr(c)), chr(c)
        if order and order not in anchors and decompose(mark) == mark and (moved(mark, "\u0334") or moved("\u0345", mark)):
            anchors[order] = mark
    found = {}
    for c in codes:
        # It moves before an anchor of a larger class, and an anchor of a smaller class moves before it.
        before = [order for order, anchor in anchors.items() if moved(anchor, mark_of(c))]
        after = [order for order, anchor in anchors.items() if moved(mark_of(c), anchor)]
        if not before and not after:
            continue  # a starter
        same = [order for order in anchors if order not in before and order not in after]
        assert len(same) == 1, (hex(c), unicodedata.combining(chr(c)), same, sorted(before), sorted(after))
        found[c] = same[0]
    return found


def ranges(flags: dict[int, list[str]]) -> list[tuple[int, int, list[str]]]:
    found = []
    for c in sorted(flags):
        if found and found[-1][1] == c - 1 and found[-1][2] == flags[c]:
            found[-1][1] = c
        else:
            found.append([c, c, flags[c]])
    return found


def table(name: str, kind: str, rows: list[str]) -> str:
    lines, line = [], "   "
    for row in rows:
        if len(line) + len(row) > 97:
            lines.append(line)
            line = "   "
        line += " " + row + ","
    lines.append(line)
    body = "\n".join(lines)
    return f"const {kind} {name}[] = {{\n{body}\n}};\nconst std::size_t {name}Size = std::size({name});\n"


def main() -> None:
    flags: dict[int, list[str]] = {}
    stripped, lowered = [], []

    def flag(c: int, name: str) -> None:
        flags.setdefault(c, []).append(name)

    remaining_marks = []
    for c in CODE_POINTS:
        if between(clean, c) == "":
            flag(c, "kDropped")
        elif between(clean, c) == " " and c != ord(" "):
            flag(c, "kCleanedToSpace")
        if between(space_chinese, c) != chr(c):
            flag(c, "kChinese")
        pieces = [text for text, _ in split_bert("a" + chr(c) + "b")]
        if pieces == ["a", "b"]:
            flag(c, "kSpace")
        elif len(pieces) == 3:
            flag(c, "kPunctuation")
        if len(split_words("a" + chr(c) + "b")) == 1:
            flag(c, "kWord")
        for name, split in (("kLetter", split_letters), ("kNumber", split_numbers), ("kWhiteSpace", split_white_space)):
            if len(split("-" + chr(c) + "-")) == 2:
                flag(c, name)
        if len(split_digits("-" + chr(c) + "-")) == 3:
            flag(c, "kDigit")
        to = between(strip, c)
        if to == "":
            flag(c, "kMark")
        elif to != chr(c):
            flag(c, "kStripped")
            if c not in HANGUL:
                stripped.append((c, [ord(x) for x in to]))
        if between(lower, c) != chr(c):
            flag(c, "kLowered")
            lowered.append((c, [ord(x) for x in between(lower, c)]))
        if unicodedata.combining(chr(c)) or unicodedata.category(chr(c)) in ("Mn", "Mc", "Cn"):
            remaining_marks.append(c)

    # Sorting matters among marks that are not stripped, and a mark that is no combining one (class 0) stops it.
    classes = combining_classes(remaining_marks)
    for c in remaining_marks:
        if c not in classes and "kMark" in flags.get(c, []):
            flag(c, "kBarrier")
    orders = sorted(classes.items())
    for c in classes:
        if "kMark" not in flags.get(c, []):
            flag(c, "kOrdered")

    def mapping(rows):
        return [f"{{0x{c:X}, {{{', '.join(f'0x{x:X}' for x in to)}}}}}" for c, to in rows]

    text = f"""// Made by tests/golden/make_unicode_tables.py from tokenizers {tokenizers.__version__}; not to be edited. It is
// long because Unicode is: what each table is for stands in unicode_tables.h.
#include "text/unicode/unicode_tables.h"

#include <iterator>

namespace kindred::text {{

// clang-format off
{table("kFlagRanges", "FlagRange", [f"{{0x{a:X}, 0x{b:X}, {' | '.join(names)}}}" for a, b, names in ranges(flags)])}
{table("kStrippedTo", "Mapping", mapping(stripped))}
{table("kLoweredTo", "Mapping", mapping(lowered))}
{table("kCombiningClasses", "CombiningClass", [f"{{0x{c:X}, {order}}}" for c, order in orders])}// clang-format on

}}  // namespace kindred::text
"""
    TARGET.write_text(text)
    print(f"{len(ranges(flags))} ranges, {len(stripped)} stripped, {len(lowered)} lowered, {len(orders)} ordered marks")


if __name__ == "__main__":
    main()
