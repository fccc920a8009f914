"""Makes tests/golden/fixtures/tokenizers/parts: WordLevel, UnicodeScripts, the normalizer ByteLevel, and models that name no type, as
files of before there were types have them.

cases.json is as that of tokenizers_unigram.py, with what the reference decodes the ids to. make_tokenizers.py runs this too; by itself:
python tests/golden/tokenizers_parts.py
"""

import json
import pathlib
import shutil

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "tokenizers" / "parts"

WORDS = ["<unk>", "the", "end", "a", "caf\u00e9", "\u4e2d\u6587", "\u3072\u3089\u30ab\u30ca\u6f22\u30fc", "\u0431\u044b\u043b ", ".", "1"]
VOCABULARY = {word: i for i, word in enumerate(WORDS)}

TEXTS = ["", " ", "the end", "  the end.", "a caf\u00e9 zz", "\u4e2d\u6587 a1b", "\u3072\u3089\u30ab\u30ca\u6f22\u30fc", "\u3069\u3053\u3067\u751f\u308c\u3002Yes\u3000\uff76\uff85",
         "\u0431\u044b\u043b the \u03b1\u03b2b", "a\u0301\u0431\u0301 \u0378a\u0378\u0431", "1.a \U0001f600a\u200d\u00df", "\ue000a\ue000 .", "<x>the <x> 1\n2\t", "\u05d0\u05d1\u0660 \u0661\u0627",
         "\u30fb\u30fc\u3041-\u3400\uff70", "\x00\x7f\u00ad\u00a0e"]


def word_level(pre_tokenizer=None, normalizer=None, vocabulary=None, added=("<x>",), unknown="<unk>") -> Tokenizer:
    made = Tokenizer(models.WordLevel(vocabulary or VOCABULARY, unknown))
    if pre_tokenizer:
        made.pre_tokenizer = pre_tokenizer
    if normalizer:
        made.normalizer = normalizer
    made.add_tokens([AddedToken(token) for token in added])
    return made


def spelled(words) -> list[str]:
    return [normalizers.ByteLevel().normalize_str(word) for word in words]


def tokenizers() -> dict[str, Tokenizer]:
    scripts = pre_tokenizers.UnicodeScripts()
    byte_level = normalizers.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = {
        "word_level": word_level(pre_tokenizers.Whitespace()), "word_level_whole": word_level(),
        "word_level_holes": word_level(pre_tokenizers.WhitespaceSplit(), vocabulary={"the": 7, "end": 5, "?": 90}, unknown="?"),
        "scripts": word_level(scripts), "scripts_after_words": word_level(pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), scripts])),
        "scripts_before_words": word_level(pre_tokenizers.Sequence([scripts, pre_tokenizers.Whitespace()])),
        "scripts_lowercase": word_level(scripts, normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])),
        "byte_normalizer": word_level(pre_tokenizers.Split(spelled([" "])[0], "isolated"), byte_level,
                                      {word: i for i, word in enumerate(spelled(WORDS))}, unknown=spelled(["<unk>"])[0]),
        "byte_normalizer_after": word_level(pre_tokenizers.FixedLength(2), normalizers.Sequence([normalizers.NFD(), byte_level])),
        "byte_normalizer_pairs": Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)} | {"th": 256, "the": 257}, [("t", "h"), ("th", "e")]))}
    made["byte_normalizer_pairs"].normalizer = byte_level
    made["byte_normalizer_pairs"].decoder = decoders.ByteLevel()
    made["byte_normalizer_pairs"].add_tokens([AddedToken("<x>"), AddedToken("\u4e2d", normalized=False)])
    return made


def untyped() -> dict[str, dict]:
    """The models of files of before types: which fields there are says what they are."""
    pieces = {"the": 0, "en": 1, "##d": 2, "<unk>": 3, "d": 4, "e": 5, "n": 6}
    prefix = {"unk_token": "<unk>", "continuing_subword_prefix": "##", "max_input_chars_per_word": 4}
    return {"untyped_bpe": {"vocab": {**pieces, "end": 7}, "merges": ["e n", "en d"], "unk_token": "<unk>"},
            "untyped_word_piece": {"vocab": pieces, **prefix}, "untyped_word_level": {"vocab": pieces, "unk_token": "<unk>", "continuing_subword_prefix": "##"},
            "untyped_unigram": {"vocab": [["<unk>", 0.0], ["the", -1.5], ["e", -2.0], ["end", -2.5]], "unk_id": 0}}


def write() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    for name, made in tokenizers().items():
        made.save(str(FIXTURES / f"{name}.json"), pretty=False)
    for name, model in untyped().items():
        outer = {"version": "1.0", "added_tokens": [], "normalizer": None, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None,
                 "decoder": None, "model": model}
        (FIXTURES / f"{name}.json").write_text(json.dumps(outer))
    cases = []
    for path in sorted(FIXTURES.glob("*.json")):
        reference = Tokenizer.from_file(str(path))
        for text in TEXTS:
            found = reference.encode(text)
            offsets = [[len(text[:begin].encode()), len(text[:end].encode())] for begin, end in found.offsets]
            cases.append({"tokenizer": path.name, "text": text, "ids": found.ids, "offsets": offsets,
                          "decoded": reference.decode(found.ids, skip_special_tokens=False)})
    (FIXTURES / "cases.json").write_text("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in cases) + "\n]\n")
    print(f"parts: {len(cases)} cases")


if __name__ == "__main__":
    write()
