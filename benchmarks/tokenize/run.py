"""Text to tokens: Kindred beside Hugging Face tokenizers and tiktoken, in one run, on one thread each; and Kindred on two.

A row a model and a kind of text. Each cuts some megabytes by line in alternating rounds; the best round of each counts. Kindred gives ids;
tokenizers gives ids and offsets (encode_batch), or ids without offsets (encode_batch_fast); tiktoken gives ids. The ids are compared,
special tokens included: one that differs fails the run. The Unigram model is trained here by SentencePiece, with its rules, on the texts
that are cut. OpenAI's encodings cut words each in its way, all with the 50,256 ranks of r50k_base, which are GPT-2's. Loading is timed
apart, with a vocabulary of 250,000 pieces.

Environment: KINDRED (the program; kindred_benchmark_tokenize lies beside it), KINDRED_MODEL_MINILM, KINDRED_BENCH_DATA.
"""

import base64
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
import tiktoken  # noqa: E402
from tiktoken_ext import openai_public  # noqa: E402
from sentencepiece import sentencepiece_model_pb2  # noqa: E402
import tokenizers  # noqa: E402
from tokenizers import Regex, models, normalizers, pre_tokenizers  # noqa: E402

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


def hugging_face(path: pathlib.Path) -> dict:
    rival = tokenizers.Tokenizer.from_file(str(path))
    rival.no_truncation()
    rival.no_padding()
    return {method: lambda texts, encode=getattr(rival, method): (encoding.ids for encoding in encode(texts))
            for method in ("encode_batch", "encode_batch_fast")}


def openai(path: pathlib.Path) -> dict:
    ranks = tiktoken.load.load_tiktoken_bpe(str(path))
    openai_public.load_tiktoken_bpe = lambda *_, **__: ranks
    encoding = tiktoken.Encoding(**getattr(openai_public, path.stem)() | {"explicit_n_vocab": None})
    return {"tiktoken": lambda texts: [encoding.encode_ordinary(text) for text in texts]}


def write_encodings(gpt2: pathlib.Path, folder: pathlib.Path) -> list[pathlib.Path]:
    """Files of encodings with GPT-2's ranks: its tokens are spelled in an alphabet of 256 characters, one a byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    bytes_of = {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}
    vocabulary = json.loads(gpt2.read_text())["model"]["vocab"]
    lines = [f"{base64.b64encode(bytes(bytes_of[c] for c in token)).decode()} {rank}\n"
             for token, rank in vocabulary.items() if token != "<|endoftext|>"]
    paths = [folder / f"{name}.tiktoken" for name in ("r50k_base", "cl100k_base", "o200k_base")]
    for path in paths:
        path.write_text("".join(lines))
    return paths


def with_words_of_llama3(gpt2: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    made = tokenizers.Tokenizer.from_file(str(gpt2))
    made.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
                                   r"|\s+(?!\S)|\s+"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    made.save(str(folder / "llama3.json"))
    return folder / "llama3.json"


def measure(name: str, path: pathlib.Path, texts: list[str], folder: pathlib.Path, rivals: dict) -> int:
    best = dict.fromkeys(["1", "2", *rivals], float("inf"))
    source, target = folder / "texts", folder / "ids"
    source.write_text("".join(text + "\n" for text in texts), encoding="utf-8", newline="\n")
    with subprocess.Popen([program, path, source, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as ours:
        ours.stdout.readline()
        for _ in range(ROUNDS):
            for threads in ("2", "1"):
                ours.stdin.write(threads + "\n")
                ours.stdin.flush()
                best[threads] = min(best[threads], float(ours.stdout.readline()))
            for rival, encode in rivals.items():
                start = time.perf_counter()
                found = encode(texts)
                best[rival] = min(best[rival], time.perf_counter() - start)
        ours.stdin.close()
    mine = numpy.fromfile(target, dtype="<u4")
    theirs = numpy.fromiter(itertools.chain.from_iterable(found), dtype="<u4")
    differing = abs(len(mine) - len(theirs)) + int((mine[:len(theirs)] != theirs[:len(mine)]).sum())
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{name}: {megabytes:.1f} MB, {len(theirs)} tokens, {differing} differ: {megabytes / best['1']:.1f} MB/s", end="")
    for rival in rivals:
        print(f"; {rival} {megabytes / best[rival]:.2f} ({best[rival] / best['1']:.1f}x)", end="")
    print(f"; two threads {best['1'] / best['2']:.2f}x", flush=True)
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
                ("Unigram, English", folder / "unigram.json", articles)]
        gpt2 = data / "tokenizers" / "gpt2_bpe.tokenizer.json"
        if gpt2.exists():
            rows += [("byte-level BPE, English", gpt2, articles), ("the same, words of Llama 3", with_words_of_llama3(gpt2, folder), articles)]
            rows += [(f"{path.stem}, English", path, articles) for path in write_encodings(gpt2, folder)]
        else:
            print(f"{gpt2} is absent: no byte pairs")
        for title, path, texts in rows:
            if not texts:
                print(f"{title}: its texts are absent")
                continue
            differing += measure(title, path, texts, folder, openai(path) if path.suffix == ".tiktoken" else hugging_face(path))
        measure_loading(folder / "large.json", folder)
    return differing > 0


if __name__ == "__main__":
    sys.exit(main())
