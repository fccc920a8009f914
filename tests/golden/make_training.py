"""Makes tests/golden/fixtures/training with the reference implementation: what its trainers make of a few hundred words.

bpe.json has the counts of words and, for each of several settings, the tokens by id and the merges. No continuing prefix: with one, the reference's
ids, and with them its ties, depend on the order of a hash table. unigram.json has the pieces and their scores; those of characters that are no
pieces after the training depend on such an order too, by a few ten-thousandths.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_training.py
"""

import json
import pathlib
import random

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "training"
SYLLABLES = ["ka", "lo", "mi", "re", "tan", "shu", "e", "ing", "\u00fc", "\u6f22", "aa", "abab"]
SETTINGS = [dict(vocab_size=60), dict(vocab_size=1000, min_frequency=3), dict(vocab_size=1000, special_tokens=["<s>", "ka"]),
            dict(vocab_size=80, initial_alphabet=["x", "\u0100"]), dict(vocab_size=40, limit_alphabet=6)]
UNIGRAM_SETTINGS = [dict(vocab_size=90), dict(vocab_size=100), dict(vocab_size=200), dict(vocab_size=60, max_piece_length=3, shrinking_factor=0.5)]


def words() -> dict[str, int]:
    chance = random.Random(1)
    return {"".join(chance.choices(SYLLABLES, k=chance.randint(1, 5))): 1 + int(40 / (1 + i)) for i in range(200)}


def trained(model, trainer) -> dict:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.train_from_iterator([" ".join([word] * count) for word, count in words().items()], trainer)
    return json.loads(tokenizer.to_str())["model"]


def save(name: str, cases: list) -> None:
    FIXTURES.mkdir(exist_ok=True)
    (FIXTURES / name).write_text(json.dumps({"words": words(), "cases": cases}, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    cases = []
    for settings in SETTINGS:
        model = trained(models.BPE(), trainers.BpeTrainer(show_progress=False, **settings))
        cases.append({"settings": settings, "tokens": sorted(model["vocab"], key=model["vocab"].get), "merges": model["merges"]})
    save("bpe.json", cases)
    save("unigram.json", [{"settings": settings, "pieces": trained(models.Unigram(), trainers.UnigramTrainer(
        show_progress=False, unk_token=None, **settings))["vocab"]} for settings in UNIGRAM_SETTINGS])


if __name__ == "__main__":
    main()
