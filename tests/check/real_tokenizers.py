"""Real tokenizers beside the libraries that they were made with: ids, and the texts that these are decoded to.

The files are those of script/fetch-tokenizers, read by Hugging Face tokenizers, sentencepiece or tiktoken; the texts are those of
tokenizer_tables/texts.py, the hostile ones with 16 KiB. Prints texts, tokens and differing texts of each, the first differences in full,
and fails unless there are none.

Environment: KINDRED (the program), KINDRED_BENCH_DATA; KINDRED_TOKENIZERS, the folder of the tokenizers, if it is another.
"""

import functools
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Callable

import sentencepiece
import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public
from tokenizers import Tokenizer

from tokenizer_tables import texts
from tokenizer_tables.program import run, tokenized

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("KINDRED_BENCH_DATA", "../shared/data"))
HOSTILE = 1 << 14  # bytes
GROUP = 4000
SHOWN = 5

# What a reference gives for texts: their ids; and for lists of ids: their texts.
Reference = tuple[Callable[[list[str]], list[list[int]]], Callable[[list[list[int]]], list[str]]]


def hugging_face(path: pathlib.Path) -> Reference:
    read = Tokenizer.from_file(str(path))
    return lambda group: [found.ids for found in read.encode_batch(group)], lambda ids: read.decode_batch(ids, skip_special_tokens=True)


def sentence_piece(path: pathlib.Path) -> Reference:
    read = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return read.encode, read.decode


def openai(path: pathlib.Path) -> Reference:
    openai_public.load_tiktoken_bpe = lambda *_, **__: load_tiktoken_bpe(str(path))
    read = tiktoken.Encoding(**getattr(openai_public, path.stem)())
    return functools.partial(read.encode_batch, allowed_special="all"), read.decode_batch


READERS = {".json": hugging_face, ".model": sentence_piece, ".tiktoken": openai}


def main() -> int:
    folder = pathlib.Path(os.environ.get("KINDRED_TOKENIZERS") or subprocess.run(
        [ROOT / "script" / "fetch-tokenizers"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
    hostile = [text for text in texts.adversarial(HOSTILE).values() if isinstance(text, str)]
    everything = [*texts.real(DATA, 60), *texts.sweep(False), *texts.single_characters(), *texts.mixtures(6000), *hostile]
    failed = 0
    print(f"{'':30} {'texts':>9} {'tokens':>10} {'differing':>9}")
    with tempfile.TemporaryDirectory() as work:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in READERS):
            encode, decode = READERS[path.suffix](path)
            # sentencepiece ends a text at a NUL.
            wanted = [text for text in everything if path.suffix != ".model" or "\0" not in text]
            tokens, wrong = 0, []
            for start in range(0, len(wanted), GROUP):
                group = wanted[start:start + GROUP]
                expected = encode(group)
                for text, mine, theirs in zip(group, tokenized(path, group, pathlib.Path(work)), expected, strict=True):
                    tokens += len(theirs)
                    if mine["ids"] != theirs:
                        wrong.append(f"{text[:100]!a}\n  kindred   {mine['ids'][:30]}\n  reference {theirs[:30]}")
                lines = "".join(f"{ids}\n" for ids in expected).encode()
                answers = run(path, ["--decode"], lines, pathlib.Path(work))
                for text, mine, theirs in zip(group, answers, decode(expected), strict=True):
                    if mine["text"] != theirs:
                        wrong.append(f"{text[:100]!a} decoded\n  kindred   {mine['text'][:100]!a}\n  reference {theirs[:100]!a}")
            print(f"{path.relative_to(folder)!s:30} {len(wanted):9} {tokens:10} {len(wrong):9}", flush=True)
            for words in wrong[:SHOWN]:
                print(words)
            failed += len(wrong)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
