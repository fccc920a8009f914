"""Some hundred tokenizers beside Hugging Face tokenizers: ids, offsets and decoded texts, and how time grows on hostile texts.

The tokenizers are those of tokenizer_tables/configurations.py: trained on the evaluation data, with every part and option at least twice;
some that Kindred trained; and the real ones of the evaluation data. The texts are those of tokenizer_tables/texts.py. Where a text is not
UTF-8, the reference gets it as Python's errors="replace" makes it.

Prints, for each tokenizer, texts, tokens, differing texts, and the time of a hostile text by its size: how many times more processor time
four times the text takes, the worst of all (a linear tokenizer has 4, n log n 4.4, a quadratic one 16). The first differences are printed
in full. Fails where there is any, or where time grows by more than GROWTH.

    script/check tokenizer_parts
    python tests/check/tokenizer_parts.py [WORD...]     only those whose names have one of the words

Environment: KINDRED (the program), KINDRED_BENCH_DATA; KINDRED_CHECK_SWEEP=all takes all code points, also those that mean nothing yet.
"""

import collections
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from tokenizers import Tokenizer

from tokenizer_tables import configurations, texts
from tokenizer_tables.program import KINDRED, run, tokenized

DATA = pathlib.Path(os.environ.get("KINDRED_BENCH_DATA", "../shared/data"))
SHOWN = 3  # differences in full, of a tokenizer
LONG = 1 << 20  # bytes of a hostile text
GROWTH = 8  # times the time of a text that is four times as long, at most
NOTICED = 0.3  # seconds: what takes less says nothing about growth, on a machine that does other things too
GROUP = 4000  # texts that are compared at once


def differences(reference: Tokenizer, path: pathlib.Path, group: list[str | bytes], folder: pathlib.Path,
                counts: collections.Counter) -> Iterator[str]:
    """In words, what is not the same. Texts of a group are all strings, or all bytes."""
    strings = [text.decode(errors="replace") if isinstance(text, bytes) else text for text in group]
    found = reference.encode_batch(strings)
    wrong = {}
    # strict: a text without an answer is an error, not agreement.
    for i, (mine, theirs) in enumerate(zip(tokenized(path, group, folder), found, strict=True)):
        counts.update(texts=1, tokens=len(theirs.ids))
        if mine["ids"] != theirs.ids:
            at = next((k for k, (a, b) in enumerate(zip(mine["ids"], theirs.ids)) if a != b), min(len(mine["ids"]), len(theirs.ids)))
            wrong[i] = f"token {at}: kindred {mine['tokens'][at:at + 6]}, reference {theirs.tokens[at:at + 6]}"
        elif (offsets := [tuple(offset) for offset in mine["offsets"]]) != theirs.offsets:
            at = next(k for k, (a, b) in enumerate(zip(offsets, theirs.offsets)) if a != b)
            wrong[i] = f"offsets of token {at} {theirs.tokens[at]!a}: kindred {offsets[at]}, reference {theirs.offsets[at]}"
    ids = [encoding.ids for encoding in found]
    lines = "".join(f"{row}\n" for row in ids).encode()
    for skip in (True, False):
        answers = run(path, ["--decode", *([] if skip else ["--special-tokens"])], lines, folder)
        for i, (mine, theirs) in enumerate(zip(answers, reference.decode_batch(ids, skip_special_tokens=skip), strict=True)):
            if mine["text"] != theirs:
                at = next((k for k, (a, b) in enumerate(zip(mine["text"], theirs)) if a != b), min(len(mine["text"]), len(theirs)))
                wrong.setdefault(i, f"decoded at {at}: kindred {mine['text'][at:at + 40]!a}, reference {theirs[at:at + 40]!a}")
    counts["differing"] += len(wrong)
    for i, words in wrong.items():
        yield f"{strings[i][:120]!a}: {words}"


def seconds(path: pathlib.Path, text: str | bytes, folder: pathlib.Path) -> float:
    """Processor time of the program that counts the tokens of a text."""
    source = folder / "long"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([KINDRED, "tokenize", "--model", path, "--input", source, "--count", "--threads", "1"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def growth(path: pathlib.Path, folder: pathlib.Path) -> tuple[float, str]:
    """How many times more time four times a text takes, at worst, and which text that is."""
    opening = min(seconds(path, "", folder) for _ in range(3))
    worst = (0.0, "")
    short, long = texts.adversarial(LONG // 4), texts.adversarial(LONG)
    for name in long:
        found = float("inf")
        for _ in range(3):  # the least of three: what else the machine does only adds
            last = seconds(path, long[name], folder) - opening
            first = seconds(path, short[name], folder) - opening
            found = min(found, last / max(first, NOTICED / 16) if last > NOTICED else 0.0)
            if found <= GROWTH:
                break
        worst = max(worst, (found, name))
    return worst


def named_tokenizers(folder: pathlib.Path) -> Iterator[tuple[str, Tokenizer]]:
    corpus = texts.real(DATA, 60)
    trained = configurations.trained_models(corpus)
    builder = configurations.Builder(trained)
    for path in sorted((DATA / "tokenizers").glob("*.tokenizer.json")):
        real = Tokenizer.from_file(str(path))
        real.no_truncation()
        real.no_padding()
        yield path.name.removesuffix(".tokenizer.json"), real
    yield from configurations.kindred_models(KINDRED, corpus, folder)
    for name, row in configurations.combinations(list(trained)):
        yield name, builder.build(*row)


def main(words: list[str]) -> int:
    if not DATA.is_dir():
        print(f"{DATA} is absent: texts of this project's pages instead (KINDRED_BENCH_DATA names the evaluation data)")
    every = os.environ.get("KINDRED_CHECK_SWEEP") == "all"
    groups: list[list[str | bytes]] = []
    for source in (texts.real(DATA, 12), texts.sweep(every), texts.single_characters(), texts.mixtures(6000), texts.broken(1500)):
        groups += (source[i:i + GROUP] for i in range(0, len(source), GROUP))
    hostile, shorter = ([[text] for text in texts.adversarial(size).values()] for size in (LONG, LONG // 16))
    totals = collections.Counter(tokenizers=0, texts=0, tokens=0, differing=0, slow=0)
    print(f"{'':76} {'texts':>6} {'tokens':>9} {'differing':>9} {'growth':>6}")
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = pathlib.Path(name_of_folder)
        for name, reference in named_tokenizers(folder):
            if words and not any(word in name for word in words):
                continue
            path = folder / "tokenizer.json"
            reference.save(str(path))
            reference = Tokenizer.from_file(str(path))
            counts = collections.Counter(tokenizers=1, texts=0, tokens=0, differing=0, slow=0)
            shown: list[str] = []
            grown, of = 0.0, ""
            try:
                # At full length where people use such a tokenizer: a megabyte is a million tokens to compare, and there are many.
                for group in [*groups, *(shorter if name[0].isdigit() else hostile)]:
                    shown += differences(reference, path, group, folder, counts)
                grown, of = growth(path, folder)
            except RuntimeError as failure:  # the program could not do it at all
                counts["differing"] += 1
                shown.append(str(failure))
            counts["slow"] = int(grown > GROWTH)
            where = f" on {of}" if counts["slow"] else ""
            print(f"{name:76} {counts['texts']:6} {counts['tokens']:9} {counts['differing']:9} {grown:6.1f}{where}", flush=True)
            for words_of_it in shown[:SHOWN]:
                print(f"  {words_of_it}", flush=True)
            totals += counts
    print(f"{totals['tokenizers']} tokenizers, {totals['texts']} texts, {totals['tokens']} tokens: {totals['differing']} texts differ, "
          f"{totals['slow']} tokenizers are slow")
    return totals["differing"] + totals["slow"] > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
