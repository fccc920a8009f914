"""Makes tests/golden/fixtures/static with the reference implementations, model2vec and sentence-transformers.

Tiny models of random rows as their libraries save them, with texts.json beside them, and in each folder vectors.npy: what its own library
gives for the texts. A folder of model2vec is one of sentence-transformers too; what counts is config.json, so its vectors are model2vec's.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_static.py
"""

import json
import pathlib
import shutil

import numpy
import torch
from model2vec import StaticModel
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, Normalize, StaticEmbedding
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "static"
WORDS = "[PAD] [UNK] the river bank is deep gave a loan with interest fish ##es ##y boat boats é 中 . , !".split()
TEXTS = [
    "The river bank is deep.",
    "the bank gave a loan, with interest!",
    "",
    "unknown words alone",
    "fishes and fishy boats, boatsy",
    "\u00c9 \u4e2d\u4e2d the",
    "river " * 40,
    "bank",
]


def tokenizer() -> Tokenizer:
    made = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]", max_input_chars_per_word=100))
    made.normalizer = normalizers.BertNormalizer(strip_accents=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(["[PAD]", "[UNK]"])
    return made


def write_sentence_transformers(name: str, cut: int | None, modules: list) -> None:
    made = tokenizer()
    if cut is not None:
        made.enable_truncation(cut)
    rows = torch.randn(len(WORDS), 12)
    folder = FIXTURES / name
    SentenceTransformer(modules=[StaticEmbedding(made, embedding_weights=rows), *modules], device="cpu").save(str(folder), create_model_card=False)
    numpy.save(folder / "vectors.npy", SentenceTransformer(str(folder), device="cpu").encode(TEXTS).astype(numpy.float32))


def write_model2vec(name: str, rows: numpy.ndarray, **options) -> None:
    folder = FIXTURES / name
    model = StaticModel(rows, tokenizer(), config={"model_type": "model2vec", "architectures": ["StaticModel"]}, **options)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    numpy.save(folder / "vectors.npy", StaticModel.from_pretrained(folder).encode(TEXTS).astype(numpy.float32))


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    (FIXTURES / "texts.json").write_text(json.dumps(TEXTS, indent=2) + "\n")
    torch.manual_seed(3)
    random = numpy.random.default_rng(3)
    rows = random.standard_normal((len(WORDS), 12)).astype(numpy.float32)

    write_sentence_transformers("embedding", None, [])
    write_sentence_transformers("embedding_cut", 6, [Normalize()])
    write_sentence_transformers("embedding_dense", None, [Dense(12, 5, bias=False), Normalize()])
    write_model2vec("plain", rows, normalize=True, max_length=None)
    write_model2vec("cut", rows, max_length=4)
    write_model2vec("halves", rows.astype(numpy.float16), normalize=True)
    write_model2vec("bytes", random.integers(-127, 128, rows.shape).astype(numpy.int8), normalize=True)
    write_model2vec("mapped", rows[:7], normalize=True, token_mapping=random.integers(0, 7, len(WORDS)),
                    weights=random.uniform(0.1, 3, len(WORDS)).astype(numpy.float32))


if __name__ == "__main__":
    main()
