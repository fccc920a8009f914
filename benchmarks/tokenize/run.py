"""Text to tokens: Kindred beside Hugging Face tokenizers, in one run, on one thread each; and Kindred on two.

A row a model and a kind of text (ROWS). Each cuts some megabytes by line in alternating rounds; the best round of each counts. Kindred
gives ids; the rival gives ids and offsets (encode_batch), or ids without offsets (encode_batch_fast). The ids are compared, special
tokens included: one that differs fails the run. The Unigram model is trained here by SentencePiece, with its rules, on the texts that are
cut. Loading is timed apart, with a vocabulary of 250,000 pieces.

Environment: KINDRED (the program; kindred_benchmark_tokenize lies beside it), KINDRED_MODEL_MINILM, KINDRED_BENCH_DATA.
"""

import io
import itertools
import json
import lzma
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import numpy  # noqa: E402
import sentencepiece  # noqa: E402
from sentencepiece import sentencepiece_model_pb2  # noqa: E402
import tokenizers  # noqa: E402
from tokenizers import models, normalizers, pre_tokenizers  # noqa: E402

BYTES = 5_000_000
ROUNDS = 3
LARGE_VOCABULARY = 250_000

program = pathlib.Path(os.environ["KINDRED"]).parent / "kindred_benchmark_tokenize"
data = pathlib.Path(os.environ.get("KINDRED_BENCH_DATA", "../shared/data"))


def lines_of(text: str) -> list[str]:
    return [line for line in text.replace("\r", "").split("\n") if line]


def english() -> list[str]:
    path = data / "wiki_en" / "enwiki_articles_30MB.txt.xz"
    if path.exists():
        with lzma.open(path) as file:
            return lines_of(file.read(BYTES).decode(errors="ignore"))
    print(f"{path} is absent: on the source code of Python's own library instead")
    source = "".join(file.read_text(errors="ignore") for file in sorted(pathlib.Path(os.__file__).parent.glob("*.py")))
    return lines_of((source * (BYTES // len(source) + 1))[:BYTES])


def many_languages() -> list[str]:
    """Sentences of twelve languages in nine scripts, in turn."""
    files = [lines_of(path.read_text(encoding="utf-8")) for path in sorted((data / "tatoeba").glob("eng-*.tsv"))]
    sentences = [line.split("\t")[-1] for row in itertools.zip_longest(*files) for line in row if line]
    texts = [" ".join(sentences[i:i + 12]) for i in range(0, len(sentences), 12)]
    total = list(itertools.accumulate(len(text.encode()) for text in texts))
    return texts[:sum(size <= BYTES for size in total)]


def unigram(pieces: list[tuple[str, float]], unknown: int, rules: bytes) -> tokenizers.Tokenizer:
    made = tokenizers.Tokenizer(models.Unigram(pieces, unknown, False))
    made.normalizer = normalizers.Precompiled(rules)
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    return made


def train_unigram(texts: list[str]) -> tuple[tokenizers.Tokenizer, bytes]:
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts[:len(texts) // 3]), model_writer=out, model_type="unigram",
                                             vocab_size=8000, minloglevel=2, num_threads=1, hard_vocab_limit=False)
    model = sentencepiece_model_pb2.ModelProto.FromString(out.getvalue())
    rules = model.normalizer_spec.precompiled_charsmap
    unknown = next(i for i, piece in enumerate(model.pieces) if piece.type == 2)
    return unigram([(piece.piece, piece.score) for piece in model.pieces], unknown, rules), rules


def large_unigram(texts: list[str], rules: bytes) -> tokenizers.Tokenizer:
    """As many pieces as XLM-R's vocabulary has: the words of texts and their beginnings and ends, with scores by chance."""
    chance = random.Random(1)
    pieces = {}
    for word in itertools.chain.from_iterable(text.split() for text in texts):
        for piece in ("\u2581" + word, "\u2581" + word[:chance.randrange(1, 9)], word[-chance.randrange(1, 7):]):
            pieces.setdefault(piece, -20 * chance.random())
        if len(pieces) >= LARGE_VOCABULARY - 1:
            break
    return unigram([("<unk>", 0.0), *pieces.items()], 0, rules)


def measure(name: str, path: pathlib.Path, texts: list[str], folder: pathlib.Path) -> int:
    rival = tokenizers.Tokenizer.from_file(str(path))
    rival.no_truncation()
    rival.no_padding()
    best = dict.fromkeys(["1", "2", "encode_batch", "encode_batch_fast"], float("inf"))
    source, target = folder / "texts", folder / "ids"
    source.write_text("".join(text + "\n" for text in texts), encoding="utf-8", newline="\n")
    with subprocess.Popen([program, path, source, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as ours:
        ours.stdout.readline()
        for _ in range(ROUNDS):
            for threads in ("2", "1"):
                ours.stdin.write(threads + "\n")
                ours.stdin.flush()
                best[threads] = min(best[threads], float(ours.stdout.readline()))
            for method in ("encode_batch", "encode_batch_fast"):
                start = time.perf_counter()
                found = getattr(rival, method)(texts)
                best[method] = min(best[method], time.perf_counter() - start)
        ours.stdin.close()
    mine = numpy.fromfile(target, dtype="<u4")
    theirs = numpy.fromiter(itertools.chain.from_iterable(encoding.ids for encoding in found), dtype="<u4")
    differing = abs(len(mine) - len(theirs)) + int((mine[:len(theirs)] != theirs[:len(mine)]).sum())
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{name:26} {megabytes:5.1f} {len(theirs):9} {megabytes / best['1']:8.1f}", end="")
    for method in ("encode_batch", "encode_batch_fast"):
        print(f" {megabytes / best[method]:8.2f} {best[method] / best['1']:6.1f}x", end="")
    print(f" {best['1'] / best['2']:8.2f}x {differing:9}", flush=True)
    return differing


def measure_loading(path: pathlib.Path, folder: pathlib.Path) -> None:
    (folder / "texts").write_text("\n")
    found = subprocess.run([program, path, folder / "texts", folder / "ids"], input="", capture_output=True, text=True, check=True)
    start = time.perf_counter()
    rival = tokenizers.Tokenizer.from_file(str(path))
    seconds = time.perf_counter() - start
    ours = float(found.stdout.split()[0])
    print(f"loading {rival.get_vocab_size()} pieces ({path.stat().st_size / 1e6:.1f} MB): {ours * 1e3:.0f} ms, "
          f"tokenizers {seconds * 1e3:.0f} ms ({seconds / ours:.1f}x)")


def main() -> int:
    articles = english()
    wordpiece = pathlib.Path(os.environ["KINDRED_MODEL_MINILM"], "tokenizer.json")
    differing = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        trained, rules = train_unigram(articles)
        trained.save(str(folder / "unigram.json"), pretty=False)
        large_unigram(many_languages() + articles, rules).save(str(folder / "large.json"), pretty=False)
        rows = [("WordPiece, English", wordpiece, articles), ("WordPiece, 12 languages", wordpiece, many_languages()),
                ("byte-level BPE, English", data / "tokenizers" / "gpt2_bpe.tokenizer.json", articles),
                ("Unigram, English", folder / "unigram.json", articles)]
        print(f"{'MB/s, one thread each':26} {'MB':>5} {'tokens':>9} {'Kindred':>8} {'encode_batch':>16} {'encode_batch_fast':>16} {'2 threads':>9} {'differing':>9}")
        for title, path, texts in rows:
            if not path.exists() or not texts:
                print(f"{title}: {path} or its texts are absent")
                continue
            differing += measure(title, path, texts, folder)
        measure_loading(folder / "large.json", folder)
    return differing > 0


if __name__ == "__main__":
    sys.exit(main())
