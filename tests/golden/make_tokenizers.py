"""Makes tests/golden/fixtures/tokenizers with the reference implementation: small tokenizers, and what they make of texts.

NAME.json is a tokenizer.json, NAME/ a folder with vocab.txt and tokenizer_config.json as they were kept before. cases.json lists, for
each, texts and pairs with their limit and the reference's ids, type ids and offsets, these in bytes of UTF-8, and what it decodes the ids to.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_tokenizers.py
"""

import itertools
import json
import pathlib
import shutil

import tokenizers_unigram
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertTokenizer

import tokenizers_bpe
import tokenizers_framing
import tokenizers_parts
import tokenizers_splits
import tokenizers_vocab_json

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "tokenizers"

TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefuABCDE.,!?-\u4e2d\u6587\u00e9", *("##" + c for c in "abcdefuE\u00e9"),
          "cafe", "Cafe", "caf\u00e9", "fade", "##ed", "##ade", "\u1112", "##\u1161", "##\u11ab", "\u03c3", "##\u03c2", "i", "##\u0307", "\ufb01"]
VOCABULARY = {token: i for i, token in enumerate(dict.fromkeys(TOKENS))}

TEXTS = [
    "", " ", "a", "Cafe faded, abc!", "caf\u00e9 CAF\u00c9 cafe\u0301", "a\u4e2d\u6587b", "\ud55c \u03a3\u03c2 \u0130", "a\x00b\tc\nd\u200be\u00adf\ufffd",
    "[MASK]a [MASK] a[MASK]", "fade <x>  fade <x>fade", "xyz z fade", "e" * 101, "e" * 100, "a\u302f\u0323\u0301b", "\ufb01 \u00df \U0001d15e\U0001f600a",
    "cafeab \u3000abcafe", "a ab abc", "fa\u0301de"]
PAIRS = [("cafe", "faded"), ("", ""), ("", "a b c d e f"), ("a b c d e f", ""), ("a b c", "a b c d e f"), ("a b c d e f", "a b c")]


def tokenizer(normalizer=None, added=(), template=True, **model) -> Tokenizer:
    made = Tokenizer(models.WordPiece(VOCABULARY, unk_token="[UNK]", **{"max_input_chars_per_word": 100, **model}))
    made.normalizer = normalizers.BertNormalizer(**(normalizer or {}))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    made.add_tokens(list(added))
    if template:
        made.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[(token, VOCABULARY[token]) for token in ("[CLS]", "[SEP]")])
    else:
        made.post_processor = processors.BertProcessing(("[SEP]", VOCABULARY["[SEP]"]), ("[CLS]", VOCABULARY["[CLS]"]))
    return made


def tokenizers() -> dict[str, Tokenizer]:
    made = {"bert": tokenizer(), "bert_processing": tokenizer(template=False), "short_words": tokenizer(max_input_chars_per_word=3),
            "no_prefix": tokenizer(continuing_subword_prefix="")}
    for flag in ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase"):
        made[f"no_{flag}"] = tokenizer({flag: False})
    made["cased"] = tokenizer(dict(lowercase=False, strip_accents=None))
    made["cased_stripped"] = tokenizer(dict(lowercase=False, strip_accents=True))
    for normalized in (False, True):
        for single_word, lstrip, rstrip in itertools.product((False, True), repeat=3):
            flags = dict(single_word=single_word, lstrip=lstrip, rstrip=rstrip, normalized=normalized)
            name = "added_" + ("_".join(flag for flag, on in flags.items() if on) or "plain")
            made[name] = tokenizer(added=[AddedToken(content, **flags) for content in ("<x>", "ab", "Caf\u00e9", "\u4e2d", " fade")])
    return made


def case(reference: Tokenizer, name: str, texts: tuple[str, ...], limit: int, special: bool = True) -> dict:
    if limit:
        reference.enable_truncation(limit)
    else:
        reference.no_truncation()
    found = reference.encode(*texts, add_special_tokens=special)
    text_of = [texts[i] if i is not None else "" for i in found.sequence_ids]
    offsets = [[len(text[:begin].encode()), len(text[:end].encode())] for text, (begin, end) in zip(text_of, found.offsets)]
    return {"tokenizer": name, "texts": texts, "limit": limit, "special_tokens": special, "ids": found.ids, "type_ids": found.type_ids,
            "offsets": offsets, "decoded": reference.decode(found.ids, skip_special_tokens=special)}


def texts_for(name: str) -> list[str]:
    return next((module.TEXTS for start, module in (("bpe_", tokenizers_bpe), ("words_", tokenizers_splits)) if name.startswith(start)), TEXTS)


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir()
    cases = []
    references = {}
    for name, made in (tokenizers() | tokenizers_bpe.tokenizers() | tokenizers_splits.tokenizers()).items():
        path = FIXTURES / f"{name}.json"
        made.save(str(path), pretty=False)
        references[path.name] = Tokenizer.from_file(str(path))
    for name, settings in {"vocab_txt": {}, "vocab_txt_cased": {"do_lower_case": False, "model_max_length": 64},
                           "vocab_txt_settings": {"strip_accents": False, "tokenize_chinese_chars": False}}.items():
        folder = FIXTURES / name
        folder.mkdir()
        (folder / "vocab.txt").write_text("".join(token + "\n" for token in VOCABULARY))
        (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"} | settings) + "\n")
        references[name] = BertTokenizer.from_pretrained(str(folder)).backend_tokenizer
    for name, reference in references.items():
        cases += [case(reference, name, (text,), 0) for text in texts_for(name)]
        if name in ("bert.json", "bert_processing.json", "vocab_txt", "bpe_roberta.json"):
            for limit in range(5 if name == "bpe_roberta.json" else 3, 12):  # beside the special tokens
                cases += [case(reference, name, pair, limit) for pair in PAIRS]
                cases.append(case(reference, name, ("a b c d e f",), limit))
            cases += [case(reference, name, texts, 0, special=False) for texts in [*PAIRS, ("faded",)]]
    (FIXTURES / "cases.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in cases) + "\n]\n")
    print(f"{len(references)} tokenizers, {len(cases)} cases")
    tokenizers_unigram.write()
    tokenizers_framing.write()
    tokenizers_parts.write()
    tokenizers_vocab_json.write()


if __name__ == "__main__":
    main()
