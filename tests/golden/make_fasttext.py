"""Makes tests/golden/fixtures/fasttext: small models of the original fastText, and what it says of words and texts by them.

Run by hand after a change: python tests/golden/make_fasttext.py, with fasttext-wheel 0.9.2 and numpy 2.4.6 (an environment of their own, that of
benchmarks/words/requirements.txt).
"""

import json
import pathlib
import random
import shutil
import struct
import tempfile

import fasttext

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "fasttext"
WORDS = ["river", "bank", "money", "water", "königin", "café", "\u4e2d\u6587", "naïve", "boats", "boat", "a", "of", "the", "\U0001f600smile"]
UNSEEN = ["rivers", "boating", "zzz", "\u4e2d", "é", "x", "kö"]
NAMES = ["__label__finance", "__label__nature", "__label__people"]
TOPICS = [["bank", "money", "the", "of", "a"], ["river", "boats", "boat", "water", "the"], ["königin", "café", "naïve", "\u4e2d\u6587", "a", "\U0001f600smile"]]
TEXTS = ["the bank of money", "a boat on the river", "königin café", "nothing known here", "", "the the the", "money boats"]


def sentences(count: int, labels: bool) -> str:
    generator = random.Random(1)
    lines = []
    for _ in range(count):
        topic = generator.randrange(3)
        words = [generator.choice(TOPICS[topic]) if generator.random() < 0.8 else generator.choice(WORDS) for _ in range(generator.randrange(3, 9))]
        lines.append((NAMES[topic] + " " if labels else "") + " ".join(words))
    return "\n".join(lines) + "\n"


def of_words(model) -> dict:
    found = {}
    for word in WORDS + UNSEEN + ["</s>"]:
        ngrams, ids = model.get_subwords(word)
        found[word] = {"ngrams": list(ngrams), "rows": ids.tolist(), "vector": model.get_word_vector(word).astype(float).tolist()}
    return found


def of_texts(model) -> list:
    return [{"text": text, "labels": [[label, probability] for probability, label in model.f.predict(text + "\n", 3, 0.0, "strict")],
             "vector": model.get_sentence_vector(text).astype(float).tolist()} for text in TEXTS]


def oldest(path: pathlib.Path) -> bytes:
    """A model as the first programs wrote it: no magic number and version, no pruned buckets, no marks of quantized rows."""
    data = path.read_bytes()
    settings = data[8:64]
    size, words, labels, tokens, _ = struct.unpack_from("<iiiqq", data, 64)
    at = begin = 64 + 28
    for _ in range(size):
        at = data.index(b"\0", at) + 1 + 9
    entries = data[begin:at]
    at += 1
    rows, columns = struct.unpack_from("<qq", data, at)
    input_end = at + 16 + 4 * rows * columns
    return settings + struct.pack("<iiiq", size, words, labels, tokens) + entries + data[at:input_end] + data[input_end + 1:]


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    expected = {}
    with tempfile.TemporaryDirectory() as name:
        text = pathlib.Path(name) / "text.txt"
        text.write_text(sentences(200, labels=False), encoding="utf-8")
        for kind in ("skipgram", "cbow"):
            model = fasttext.train_unsupervised(str(text), model=kind, dim=6, minCount=1, bucket=60, minn=2, maxn=4, epoch=3, thread=1, verbose=0)
            model.save_model(str(FIXTURES / f"{kind}.bin"))
            expected[f"{kind}.bin"] = {"words": of_words(model)}
        (FIXTURES / "oldest.bin").write_bytes(oldest(FIXTURES / "skipgram.bin"))
        expected["oldest.bin"] = expected["skipgram.bin"]

        labelled = pathlib.Path(name) / "labelled.txt"
        labelled.write_text(sentences(300, labels=True), encoding="utf-8")
        for loss in ("softmax", "hs", "ova", "ns"):
            model = fasttext.train_supervised(str(labelled), dim=5, epoch=8, lr=0.5, loss=loss, wordNgrams=2, bucket=70, minn=2, maxn=3, thread=1, verbose=0)
            model.save_model(str(FIXTURES / f"{loss}.bin"))
            expected[f"{loss}.bin"] = {"texts": of_texts(model)}
        plain = fasttext.train_supervised(str(labelled), dim=5, epoch=8, lr=0.5, thread=1, verbose=0)
        plain.save_model(str(FIXTURES / "plain.bin"))
        expected["plain.bin"] = {"texts": of_texts(plain)}

        # Quantized: rows for 256 centroids at least.
        big = fasttext.train_supervised(str(labelled), dim=5, epoch=8, lr=0.5, wordNgrams=2, bucket=600, minn=2, maxn=3, thread=1, verbose=0)
        big.quantize(str(labelled), cutoff=300, retrain=True, qnorm=True, dsub=2, epoch=2, thread=1)
        big.save_model(str(FIXTURES / "pruned.ftz"))
        expected["pruned.ftz"] = {"texts": of_texts(big)}
        whole = fasttext.train_supervised(str(labelled), dim=4, epoch=8, lr=0.5, wordNgrams=2, bucket=400, minn=2, maxn=3, thread=1, verbose=0)
        whole.quantize(dsub=2)
        whole.save_model(str(FIXTURES / "whole.ftz"))
        expected["whole.ftz"] = {"texts": of_texts(whole)}
    (FIXTURES / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False), encoding="utf-8")


main()
