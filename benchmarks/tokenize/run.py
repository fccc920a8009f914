"""Text to tokens with BERT's WordPiece: Kindred beside Hugging Face tokenizers, in one run, on one thread each.

Cuts 10 MB of English (articles of Wikipedia, by line) in alternating rounds and prints the best round of each in megabytes a second.
Kindred gives ids; the rival gives ids and offsets (encode_batch), or ids without offsets (encode_batch_fast). Loading is not
counted. The ids are compared, special tokens included: one that differs fails the run.

Environment: KINDRED (the program; kindred_benchmark_tokenize lies beside it), KINDRED_MODEL_MINILM, KINDRED_BENCH_DATA.
"""

import itertools
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import numpy  # noqa: E402
import tokenizers  # noqa: E402

BYTES = 10_000_000
ROUNDS = 5

program = pathlib.Path(os.environ["KINDRED"]).parent / "kindred_benchmark_tokenize"
model = os.environ["KINDRED_MODEL_MINILM"]
data = pathlib.Path(os.environ.get("KINDRED_BENCH_DATA", "../shared/data"))


def texts_to_cut() -> list[str]:
    path = data / "wiki_en" / "enwiki_articles_30MB.txt.xz"
    if path.exists():
        with lzma.open(path) as file:
            text = file.read(BYTES).decode(errors="ignore")
    else:
        print(f"{path} is absent: on the source code of Python's own library instead")
        source = "".join(file.read_text(errors="ignore") for file in sorted(pathlib.Path(os.__file__).parent.glob("*.py")))
        text = (source * (BYTES // len(source) + 1))[:BYTES]
    return [line for line in text.replace("\r", "").split("\n") if line]


def main() -> int:
    texts = texts_to_cut()
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    rival = tokenizers.Tokenizer.from_file(f"{model}/tokenizer.json")
    rival.no_truncation()
    rival.no_padding()
    best = dict.fromkeys(["kindred", "encode_batch", "encode_batch_fast"], float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "texts"), pathlib.Path(folder, "ids")
        source.write_text("".join(text + "\n" for text in texts), encoding="utf-8", newline="\n")
        with subprocess.Popen([program, model, source, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as ours:
            for _ in range(ROUNDS):
                ours.stdin.write("\n")
                ours.stdin.flush()
                best["kindred"] = min(best["kindred"], float(ours.stdout.readline()))
                for name in ("encode_batch", "encode_batch_fast"):
                    start = time.perf_counter()
                    found = getattr(rival, name)(texts)
                    best[name] = min(best[name], time.perf_counter() - start)
            ours.stdin.close()
        mine = numpy.fromfile(target, dtype="<u4")
    theirs = numpy.fromiter(itertools.chain.from_iterable(encoding.ids for encoding in found), dtype="<u4")
    differing = abs(len(mine) - len(theirs)) + int((mine[:len(theirs)] != theirs[:len(mine)]).sum())
    print(f"{len(texts)} texts, {megabytes:.1f} MB, {len(theirs)} tokens, one thread each")
    print(f"{'':18} {'MB/s':>7} {'ratio':>6}")
    for name, seconds in best.items():
        print(f"{name:18} {megabytes / seconds:7.1f} {seconds / best['kindred']:6.1f}")
    print(f"differing tokens: {differing}")
    return differing > 0


if __name__ == "__main__":
    sys.exit(main())
