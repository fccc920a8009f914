"""Makes src/text/unicode/form_tables.cpp from the reference tokenizer itself, as make_unicode_tables.py makes the other tables.

Decompositions and compositions are what its NFD, NFKD and NFC make of each code point. Where user-perceived characters (grapheme
clusters, UAX #29) end it does not tell openly, but its Precompiled normalizer depends on it: it looks up a cluster of fewer than six
bytes as a whole, and takes the rule of its shortest beginning. So with rules that turn each code point into a letter, the number of
letters tells whether two code points were one cluster; a mark of two bytes put behind makes the end of longer ones visible.

Run by hand after a change of the reference: python tests/golden/make_unicode_forms.py
"""

import pathlib
import struct

import tokenizers
from make_unicode_tables import CODE_POINTS, HANGUL, ranges, table
from tokenizers import normalizers

TARGET = pathlib.Path(__file__).parents[2] / "src" / "text" / "unicode" / "form_tables.cpp"
FORMS = {name: getattr(normalizers, name)().normalize_str for name in ("NFD", "NFC", "NFKD", "NFKC")}
JAMO = [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]  # compose with what stands before, by rule


def charsmap(rules: dict[str, str], every: str | None = None) -> bytes:
    """Normalization rules as SentencePiece keeps them: a double array of the texts to replace, then the replacements. `every` is what
    a code point without a rule becomes."""
    def node():
        return {"children": {}, "value": None}

    root, replacements = node(), [""]

    def put(text: bytes, value: str) -> None:
        at = root
        for byte in text:
            # What `every` has made is shared between beginnings: a path of one's own is a copy.
            child = at["children"].get(byte) or node()
            at["children"][byte] = at = {"children": dict(child["children"]), "value": child["value"]}
        replacements.append(value)
        at["value"] = len("\0".join(replacements[:-1]).encode()) + 1

    if every is not None:
        replacements.append(every)
        leaf = {"children": {}, "value": 1}
        last = {"children": {byte: leaf for byte in range(0x80, 0xC0)}, "value": None}
        third = {"children": {byte: last for byte in range(0x80, 0xC0)}, "value": None}
        second = {"children": {byte: third for byte in range(0x80, 0xC0)}, "value": None}
        for start, end, child in ((1, 0x80, leaf), (0xC2, 0xE0, last), (0xE0, 0xF0, third), (0xF0, 0xF5, second)):
            root["children"] |= {byte: child for byte in range(start, end)}
    for text, value in rules.items():
        put(text.encode(), value)

    # First fit. No two nodes share a base, so that a byte's label alone says whose child it is.
    bases: dict[int, int] = {}
    order: list[dict] = []
    taken = {0}

    def base_of(at: dict) -> int:
        if id(at) not in bases:
            places = [*at["children"], *([0] if at["value"] is not None else [])]
            known = set(bases.values())
            bases[id(at)] = base = next(base for base in range(1, 1 << 21)
                                        if base not in known and not any(base ^ place in taken for place in places))
            taken.update(base ^ place for place in places)
            order.append(at)
        return bases[id(at)]

    units = {0: base_of(root) << 10}
    for at in order:  # grows on the way
        base = bases[id(at)]
        if at["value"] is not None:
            units[base] = at["value"] | 1 << 31
        for byte, child in at["children"].items():
            units[base ^ byte] = ((base ^ byte) ^ base_of(child)) << 10 | (child["value"] is not None) << 8 | byte
    size = (max(taken) | 255) + 1
    body = struct.pack(f"<{size}I", *(units.get(i, 0) for i in range(size)))
    return struct.pack("<I", len(body)) + body + ("\0".join(replacements) + "\0").encode()


def letters(rules: dict[str, str]):
    return normalizers.Precompiled(charsmap(rules, every="X")).normalize_str


def cluster_flags() -> dict[int, list[str]]:
    plain = letters({})
    flags: dict[int, list[str]] = {c: [] for c in CODE_POINTS}
    control = letters({"\u0300": "Y", "\u0301": "Z"})
    for c in CODE_POINTS:
        if c == 0:  # no rule can begin with it: the reference takes it for the end
            flags[c].append("kControl")
            continue
        if plain("a" + chr(c)) == "X":
            flags[c].append("kAttaches")
        elif plain(chr(c) + "a") == "X":
            flags[c].append("kPrepends")
        elif control(chr(c) + "\u0300\u0301") == "XY":
            flags[c].append("kControl")
    attaching = [c for c in CODE_POINTS if flags[c] == ["kAttaches"]]
    others = [c for c in CODE_POINTS if not flags[c]]

    # Hangul: which consonants and vowels join with what stands before or behind them.
    after = {}
    before = {}
    for letter, jamo in (("L", "\u1100"), ("V", "\u1161"), ("T", "\u11a8")):
        run = letters({jamo: "J", "\u0300": "Z"})
        before[letter] = {c for c in others if c > 0x7FF and run(chr(c) + jamo + "\u0300") == ("XJZ" if chr(c) != jamo else "JJZ")}
        run = letters({"\u0300": "Z"})
        after[letter] = {c for c in others if 0x7FF < c < 0x10000 and run(jamo + chr(c) + "\u0300") == "XXZ"}
    for c in before["L"]:
        flags[c].append("kLeading")
    for c in before["V"] & before["T"]:
        flags[c].append("kVowel" if c in after["V"] or c > 0xFFFF else "kLeadingVowel")  # four bytes hide it: no syllable has them
    for c in before["T"] - before["V"]:
        flags[c].append("kTrailing" if c in after["T"] else "kSyllable")

    # Pictures joined by U+200D, and what may stand before it.
    run = letters({"\u00a9": "Y", "\u200d": "Z"})
    for c in others:
        if run("\u00a9\u200d" + chr(c)) == ("YZX" if c != 0xA9 else "YZY"):
            flags[c].append("kPicture")
    run = letters({"\u0300": "Z"})
    for c in attaching:
        if run("\u00a9" + chr(c) + "\u200d\u263a\u0300").endswith("Z"):
            flags[c].append("kExtends")

    # Indic conjuncts: a consonant, a linker, a consonant.
    ka, virama = "\u0915", "\u094d"
    for c in others:
        if 0x7FF < c < 0x10000 and run(ka + virama + chr(c) + "\u0300").endswith("Z"):
            flags[c].append("kConsonant")
    for c in attaching:
        if run(ka + chr(c) + ka + "\u0300").endswith("Z"):
            flags[c].append("kLinker")
        elif run(ka + virama + chr(c) + ka + "\u0300").endswith("Z"):
            flags[c].append("kBetween")
    return flags


def main() -> None:
    flags = cluster_flags()
    strip_accents = normalizers.StripAccents().normalize_str
    strip = normalizers.Strip().normalize_str
    canonical, compatible, compositions = [], [], []
    changes: dict[str, set[int]] = {name: set() for name in FORMS}
    for c in CODE_POINTS:
        if strip_accents(chr(c)) == "":
            flags[c].append("kMarkOfAnyKind")
        to = {name: form(chr(c)) for name, form in FORMS.items()}
        for name in FORMS:
            if to[name] != chr(c):
                changes[name].add(c)
        if c in HANGUL:
            continue
        if to["NFD"] != chr(c):
            canonical.append((c, to["NFD"]))
            if to["NFC"] == chr(c):
                first = FORMS["NFC"](to["NFD"][:-1])
                assert len(first) == 1, hex(c)
                compositions.append((ord(first), ord(to["NFD"][-1]), c))
        if to["NFKD"] != to["NFD"]:
            compatible.append((c, to["NFKD"]))
    for first, second, c in compositions:
        assert FORMS["NFC"](chr(first) + chr(second)) == chr(c), hex(c)

    # A code point is inert in a form where it stays as it is whatever stands before it: what it was decomposed into does not move
    # before a mark, nor melt into the letter before it.
    def moves(text: str) -> bool:
        return any(FORMS["NFD"]("a" + other + text) != "a" + FORMS["NFD"](other) + FORMS["NFD"](text) for other in "\u0345\u0301")

    seconds = {second for _, second, _ in compositions} | set(JAMO)
    for c in CODE_POINTS:
        first = FORMS["NFD"](chr(c))[0]
        first_compatible = FORMS["NFKD"](chr(c))[0]
        low = moves(first) or FORMS["NFD"]("a" + first + "\u0334") != "a" + first + "\u0334"
        low_compatible = moves(first_compatible) or FORMS["NFD"]("a" + first_compatible + "\u0334") != "a" + first_compatible + "\u0334"
        if c in changes["NFD"] or low:
            flags[c].append("kNotNfd")
        if c in changes["NFC"] or low or ord(first) in seconds:
            flags[c].append("kNotNfc")
        if c in changes["NFKD"] or low_compatible:
            flags[c].append("kNotNfkd")
        if c in changes["NFKC"] or low_compatible or ord(first_compatible) in seconds:
            flags[c].append("kNotNfkc")
        assert strip(chr(c)) != "" or chr(c).isspace() or c in (0x1680, 0x2000), hex(c)

    pool: list[str] = []

    def decompositions(rows):
        found = []
        for c, text in rows:
            found.append(f"{{0x{c:X}, {sum(map(len, pool))}, {len(text)}}}")
            pool.append(text)
        return found

    canonical_rows, compatible_rows = decompositions(canonical), decompositions(compatible)
    compositions.sort()
    text = f"""// Made by tests/golden/make_unicode_forms.py from tokenizers {tokenizers.__version__}; not to be edited. It is
// long because Unicode is: what each table is for stands in form_tables.h.
#include "text/unicode/form_tables.h"

#include <iterator>

namespace kindred::text {{

// clang-format off
{table("kFormRanges", "FormRange", [f"{{0x{a:X}, 0x{b:X}, {' | '.join(names)}}}" for a, b, names in ranges({c: f for c, f in flags.items() if f})])}
{table("kCanonical", "Decomposition", canonical_rows)}
{table("kCompatible", "Decomposition", compatible_rows)}
{table("kDecomposed", "char32_t", [f"0x{ord(x):X}" for x in "".join(pool)])}
{table("kCompositions", "Composition", [f"{{0x{a:X}, 0x{b:X}, 0x{c:X}}}" for a, b, c in compositions])}// clang-format on

}}  // namespace kindred::text
"""
    TARGET.write_text(text)
    print(f"{len(ranges({c: f for c, f in flags.items() if f}))} ranges, {len(canonical)} canonical, {len(compatible)} compatible, {len(compositions)} compositions")
    count: dict[str, int] = {}
    for names in flags.values():
        for name in names:
            count[name] = count.get(name, 0) + 1
    print(count)


if __name__ == "__main__":
    main()
