"""Makes tests/golden/fixtures/tokenizers/unigram: Unigram, Metaspace, and the normalizers of SentencePiece's world, with the reference
implementations (Hugging Face tokenizers; the sentencepiece package for files NAME.model) and what they make of texts.

cases.json is as that of make_tokenizers.py, which runs this too; offsets are null where only ids are compared. decoded.json lists what
sentencepiece makes of ids that no text has. By itself:
python tests/golden/tokenizers_unigram.py
"""

import io
import json
import pathlib
import random
import shutil

import sentencepiece
from make_unicode_forms import charsmap
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "tokenizers" / "unigram"

PIECES = [("<unk>", 0.0), ("\u2581", -2.5), ("a", -3.25), ("b", -4.1), ("e", -3.3), ("t", -3.6), ("h", -4.7), ("\u2581the", -2.1), ("the", -5.0),
          ("th", -4.2), ("he", -4.4), ("ab", -6.3), ("aa", -5.123456789012345), ("aaa", -7.9876543210123456), ("\u2581a", -3.1), ("ba", -6.2),
          ("bab", -8.7), ("\u4e2d", -6.6), ("\u4e2d\u6587", -7.1), ("\u00e9", -5.5), ("e\u0301", -6.5), ("fi", -7.0), ("A", -6.0), ("_", -5.2), ("ss", -7.7)]
TIED = [(piece, -float(len(piece))) for piece, _ in PIECES]
LOUD = [(piece, score + 60) for piece, score in PIECES]  # two unknown ones score more than a piece
TWICE = [*PIECES, ("a", -9.0), ("the", -1.0)]
BYTES = [*PIECES, *((f"<0x{byte:02X}>", -20.0) for byte in range(256))]

RULES = {"\ufb01": "fi", "\uff21": "A", "\u3000": " ", "\t": " ", "\u00df": "ss", "\x01": "", "\u00ad": "", "\u0132": "IJ", "\u1100": "kk",
         "e\u0301": "\u00e9", "a": "a", "\u0300": "", "\u2460": "(1)", "\r\n": "\n"}

TEXTS = ["", " ", "the", " the  abba ", "theatheaab", "a" * 40, "ababab" * 3, "the\u2581a _a", "x", "xyx the zz", "\u4e2d\u6587\u4e2d b\u4e2d",
         "caf\u00e9 cafe\u0301 e\u0323\u0301", "\ufb01 \uff21\u00df\u0130 \u03a3", "\x01\x01ab\x01 a\u00adb\x00", "\t the\r\nb\r\n\n", "\ud55c\uae00 \u1112\u1161\u11ab",
         "\U0001f600\u200d\U0001f600 \u00a9\u200d\u263a", "\u0915\u094d\u0937\u0300 a\u0300\u0301", "\u3000a\u00a0b\u200b\ufeff", "e\u0301\u0327\u0323 \u0344\u0f73",
         "<unk>a<x>the", "\u0600a\u0e33\u0e33", "\u2460\u2465\u3392", "A\u030a\u00c5\u212b", "\U0001d15e\U00011099\U000110ba", "-" * 37 + "=" * 70, "," + "-" * 29 + "," + "=" * 19 + "(" * 9]


def unigram(normalizer=None, pre_tokenizer=None, pieces=PIECES, unknown=0, byte_fallback=False, added=()) -> Tokenizer:
    made = Tokenizer(models.Unigram(pieces, unknown, byte_fallback))
    if normalizer:
        made.normalizer = normalizer
    if pre_tokenizer:
        made.pre_tokenizer = pre_tokenizer
    made.add_tokens(list(added))
    return made


def tokenizers() -> dict[str, Tokenizer]:
    metaspace = pre_tokenizers.Metaspace
    compiled = normalizers.Precompiled(charsmap(RULES))
    made = {"plain": unigram(), "tied": unigram(pieces=TIED), "loud": unigram(pieces=LOUD), "twice": unigram(pieces=TWICE),
            "bytes": unigram(pieces=BYTES, byte_fallback=True, pre_tokenizer=metaspace()),
            "few_bytes": unigram(pieces=BYTES[:-100], byte_fallback=True), "other_unknown": unigram(unknown=2)}
    for scheme in ("always", "first", "never"):
        for split in (True, False):
            made[f"metaspace_{scheme}_{'split' if split else 'whole'}"] = unigram(
                normalizers.Strip(), metaspace(prepend_scheme=scheme, split=split), added=[AddedToken("<x>")])
    made["metaspace_underscore"] = unigram(None, metaspace(replacement="_"))
    made["metaspace_after_words"] = unigram(None, pre_tokenizers.Sequence([pre_tokenizers.BertPreTokenizer(), metaspace(prepend_scheme="first")]))
    for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Nmt", "StripAccents"):
        made[name.lower()] = unigram(getattr(normalizers, name)())
    made["nfd_strip_accents"] = unigram(normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]))
    made["strip_left"], made["strip_right"] = (unigram(normalizers.Strip(left, not left)) for left in (True, False))
    made["prepend"] = unigram(normalizers.Prepend("\u2581x"))
    made["prepend_nothing"] = unigram(normalizers.Prepend(""))
    made["precompiled"] = unigram(compiled)
    made["t5_like"] = unigram(compiled, metaspace(), added=[AddedToken("<x>", normalized=False)])
    return made


def train(kind: str, **options) -> sentencepiece_model_pb2.ModelProto:
    """A small model, with rules of our own: those of the package take a quarter of a megabyte."""
    random.seed(7)
    words = ["the", "theatre", "ab", "abba", "cafe", "caf\u00e9", "a", "hat", "heath", "bath", "\u4e2d\u6587", "math", "beth", "he"]
    lines = [" ".join(random.choices(words, k=9)) for _ in range(200)]
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines), model_writer=out, model_type=kind, hard_vocab_limit=False, num_threads=1,
                                             minloglevel=5, normalization_rule_name="identity", **({"vocab_size": 60} | options))
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(out.getvalue())
    model.normalizer_spec.precompiled_charsmap = charsmap(RULES)
    model.trainer_spec.ClearField("self_test_sample_size")
    return model


def sentence_pieces() -> dict[str, sentencepiece_model_pb2.ModelProto]:
    made = {f"{kind}.model": train(kind) for kind in ("unigram", "bpe", "char", "word")}
    for kind in ("unigram", "bpe"):
        made[f"{kind}_bytes.model"] = train(kind, byte_fallback=True, vocab_size=320)
        made[f"{kind}_user.model"] = train(kind, user_defined_symbols=["<x>", "the", "a a"], control_symbols=["<c>"], remove_extra_whitespaces=False)
        made[f"{kind}_suffix.model"] = train(kind, treat_whitespace_as_suffix=True)
        made[f"{kind}_unused.model"] = unused = train(kind, add_dummy_prefix=False)
        for piece in [piece for piece in unused.pieces if len(piece.piece) > 1 and piece.type == 1][::3]:
            piece.type = sentencepiece_model_pb2.ModelProto.SentencePiece.UNUSED
    rewritten = made["unigram_rewritten.model"] = train("unigram", unk_surface="[?]", remove_extra_whitespaces=False)
    rewritten.denormalizer_spec.precompiled_charsmap = charsmap({"th": "Th", "\u4e2d": "(Zhong)", "  ": " "})
    rewritten.denormalizer_spec.add_dummy_prefix = rewritten.denormalizer_spec.remove_extra_whitespaces = False
    rewritten.denormalizer_spec.escape_whitespaces = False
    made["unigram_ties.model"] = ties()
    return made


def sequences(model: sentencepiece_model_pb2.ModelProto) -> list[list[int]]:
    """Ids that no text has: control and unknown pieces anywhere, blanks at the start, bytes that are no UTF-8."""
    ids = {piece.piece: i for i, piece in enumerate(model.pieces)}
    blank, first, last = ids.get("\u2581", 7), ids["<s>"], len(model.pieces) - 1
    found = [[], [0], [first, 0, last], [first, blank, blank, last, 0, 0, 2], [0, blank, last], [blank, first, blank, last, blank]]
    if "<0xE4>" in ids:
        byte = {i: ids[f"<0x{i:02X}>"] for i in range(256)}
        for run in (b"\xe4\xb8\xad", b"\xe4\xb8", b"\xb8\xadA\xe4", b"\xed\xa0\x80\xf0\x9f\x98\x80\xff", b"\xef\xbf\xbd\xc0\x80", b"\xf0\x9f\x98"):
            found += [[byte[i] for i in run], [first, *(byte[i] for i in run), blank, last], [blank, *(byte[i] for i in run[:2]), 0, *(byte[i] for i in run[2:])]]
    generator = random.Random(11)
    return found + [[generator.randrange(len(model.pieces)) for _ in range(8)] for _ in range(12)]


def ties() -> sentencepiece_model_pb2.ModelProto:
    """Pieces of which every way to cut a run sums up to the same, but for rounding: it decides which one is taken."""
    model = train("unigram", add_dummy_prefix=False, user_defined_symbols=[",", "(("])
    kept = [piece for piece in model.pieces if piece.type != 1]
    runs = [(letter * length, -1.1 * length) for letter in "-=(" for length in (1, 2, 3, 4, 8)]
    del model.pieces[:]
    model.pieces.extend([*kept, *(sentencepiece_model_pb2.ModelProto.SentencePiece(piece=run, score=score) for run, score in runs if run != "((")])
    return model


def write() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    cases, decoded = [], []
    for name, made in tokenizers().items():
        path = FIXTURES / f"{name}.json"
        made.save(str(path), pretty=False)
        reference = Tokenizer.from_file(str(path))
        for text in TEXTS:
            found = reference.encode(text)
            offsets = [[len(text[:begin].encode()), len(text[:end].encode())] for begin, end in found.offsets]
            cases.append({"tokenizer": path.name, "text": text, "ids": found.ids, "offsets": offsets})
    for name, model in sentence_pieces().items():
        path = FIXTURES / name
        path.write_bytes(model.SerializeToString())
        reference = sentencepiece.SentencePieceProcessor(model_file=str(path))
        for text in TEXTS:
            if "\0" not in text:
                ids = reference.encode(text)
                cases.append({"tokenizer": name, "text": text, "ids": ids, "offsets": None, "decoded": reference.decode(ids)})
        decoded += [{"tokenizer": name, "ids": ids, "decoded": reference.decode(ids)} for ids in sequences(model)]
    for file, rows in (("cases.json", cases), ("decoded.json", decoded)):
        (FIXTURES / file).write_text("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")
    print(f"unigram: {len(cases)} cases, {len(decoded)} decoded")


if __name__ == "__main__":
    write()
