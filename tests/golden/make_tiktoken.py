"""Makes tests/golden/fixtures/tiktoken with the reference implementation: small files of OpenAI's encodings, and what tiktoken makes of
texts with them.

NAME.tiktoken has the 256 bytes and what merging the words below gives; cases.json lists, for each, texts with the ids, and the text that
the ids decode to.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_tiktoken.py
"""

import base64
import json
import pathlib

import tiktoken
import tokenizers_splits
from tiktoken_ext import openai_public

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "tiktoken"
NAMES = ["r50k_base", "p50k_base", "p50k_edit", "cl100k_base", "o200k_base"]
WORDS = [" the", " then", "HTTP", "Server", " caf\u00e9", "\u4e2d\u6587", "'s", "1999", "...", "lower", "lowest", "\U0001f600", "    ", "\n\n", "abab"]
TEXTS = [*tokenizers_splits.TEXTS, "<|endoftext|>a <|fim_prefix|> b<|endofprompt|>", "ababab lowerlowest " + "a" * 50 + " " * 50, " \n \n  ",
         "the then  HTTPServer's caf\u00e9 \u4e2d\u6587\u4e2d 19991", "\ufffd\u00e9\u0301"]


def ranks() -> dict[bytes, int]:
    tokens = [bytes([byte]) for byte in [*range(33, 127), *range(33), *range(127, 256)]]
    for word in WORDS:
        data = word.encode()
        # From the left, and of some words the second half from its own start: a token can be put together in several ways.
        for begin in (0, len(data) // 2):
            tokens += [data[begin:end] for end in range(begin + 2, len(data) + 1) if data[begin:end] not in tokens]
    return {token: rank for rank, token in enumerate(dict.fromkeys(tokens))}


def main() -> None:
    FIXTURES.mkdir(exist_ok=True)
    openai_public.load_tiktoken_bpe = lambda *_, **__: ranks()
    cases = []
    for name in NAMES:
        lines = [f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks().items()]
        (FIXTURES / f"{name}.tiktoken").write_text("".join(lines))
        encoding = tiktoken.Encoding(**getattr(openai_public, name)() | {"explicit_n_vocab": None})
        for text in TEXTS:
            ids = encoding.encode(text, allowed_special="all")
            cases.append({"tokenizer": f"{name}.tiktoken", "text": text, "ids": ids, "decoded": encoding.decode(ids)})
    (FIXTURES / "cases.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in cases) + "\n]\n")
    print(f"{len(NAMES)} encodings, {len(cases)} cases")


if __name__ == "__main__":
    main()
