"""Makes tests/golden/fixtures/words: files of word vectors as gensim writes them, what it finds nearest in them, and how it judges them.

Run by hand after a change: python tests/golden/make_words.py, with gensim 4.4.0 and numpy 2.4.6 (an environment of their own).
"""

import json
import pathlib
import shutil

import numpy
from gensim.models import KeyedVectors

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "words"
DIMENSIONS = 7
COUNTRIES = [("athens", "greece"), ("oslo", "norway"), ("paris", "france"), ("rome", "italy"), ("cairo", "egypt"), ("lima", "peru")]
OTHERS = ["river", "bank", "money", "water", "king", "queen", "man", "woman", "caf\u00e9", "\u4e2d\u6587", "3", "1e5", "-"]


def pair_direction(vectors: KeyedVectors, a: str, b: str, c: str) -> list[tuple[str, float]]:
    """Mikolov et al. 2013: the words x whose difference from c points as that of b from a, by the largest product with it."""
    unit = {word: vectors.get_vector(word, norm=True).astype(numpy.float64) for word in vectors.index_to_key}
    way = unit[b] - unit[a]
    scores = {word: way @ (row - unit[c]) / numpy.linalg.norm(row - unit[c]) for word, row in unit.items() if word not in (a, b, c)}
    return sorted(scores.items(), key=lambda item: -item[1])


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    generator = numpy.random.default_rng(1)
    vectors = KeyedVectors(DIMENSIONS)
    words = [word for pair in COUNTRIES for word in pair] + OTHERS
    values = generator.standard_normal((len(words), DIMENSIONS)).astype(numpy.float32)
    # A country stands beside its capital, by about the same step.
    step = generator.standard_normal(DIMENSIONS)
    for place in range(len(COUNTRIES)):
        values[2 * place + 1] = values[2 * place] + step + 0.45 * generator.standard_normal(DIMENSIONS)
    vectors.add_vectors(words, values)
    vectors.save_word2vec_format(FIXTURES / "text.vec", binary=False)
    vectors.save_word2vec_format(FIXTURES / "binary.bin", binary=True)
    vectors.save_word2vec_format(FIXTURES / "glove.txt", binary=False, write_header=False)

    questions = [": capitals"] + [f"{a} {b} {c} {d}".title() for a, b in COUNTRIES for c, d in COUNTRIES if a != c]
    questions += [": family", "king queen man woman", "man king woman queen", "man unknown woman queen"]
    (FIXTURES / "questions.txt").write_text("\n".join(questions) + "\n", encoding="utf-8")
    pairs = [(words[int(i)], words[int(j)], round(float(score), 1)) for i, j, score in
             zip(generator.integers(0, len(words), 30), generator.integers(0, len(words), 30), generator.uniform(0, 10, 30), strict=True)]
    pairs.append(("river", "nowhere", 5.0))
    (FIXTURES / "pairs.tsv").write_text("".join(f"{a}\t{b}\t{score}\n" for a, b, score in pairs), encoding="utf-8")

    _, sections = vectors.evaluate_word_analogies(FIXTURES / "questions.txt", case_insensitive=True)
    restricted, _ = vectors.evaluate_word_analogies(FIXTURES / "questions.txt", restrict_vocab=8, case_insensitive=True)
    pearson, spearman, unknown = vectors.evaluate_word_pairs(FIXTURES / "pairs.tsv", case_insensitive=True)
    expected = {
        "words": words,
        "vectors": values.tolist(),
        "nearest": {word: vectors.most_similar(word, topn=5) for word in ("river", "paris", "\u4e2d\u6587")},
        "combined": vectors.most_similar(positive=["norway", "paris"], negative=["oslo"], topn=3),
        "methods": {
            "cos-mul": vectors.most_similar_cosmul(positive=["norway", "paris"], negative=["oslo"], topn=5),
            "pair-direction": pair_direction(vectors, "oslo", "norway", "paris")[:5],
        },
        "analogies": [{"name": section["section"], "correct": len(section["correct"]), "asked": len(section["correct"]) + len(section["incorrect"])}
                      for section in sections],
        "restricted": restricted,
        "pearson": pearson[0],
        "spearman": spearman[0],
        "unknown": unknown,
    }
    (FIXTURES / "expected.json").write_text(json.dumps(expected, indent=1), encoding="utf-8")


main()
