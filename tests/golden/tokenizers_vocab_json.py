"""Makes tests/golden/fixtures/tokenizers/vocab_json with transformers: folders as they were before tokenizer.json, with a vocab.json, a
merges.txt, and files that say what class the tokenizer is of and what tokens were added.

cases.json is as that of tokenizers_unigram.py, with pairs, what the ids are decoded to, and the limit and the padding that the reference
knows of. make_tokenizers.py runs this too; by itself: python tests/golden/tokenizers_vocab_json.py
"""

import json
import pathlib
import shutil

import tokenizers_bpe
from transformers import AutoTokenizer

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "tokenizers" / "vocab_json"

TEXTS = ["", " ", "the then", " the\u00a0 lowest  Lower", "it's they'll they'LL 'tis", "caf\u00e9 CAFE\u0301 \u4e2d\u6587\u4e2d", "in 1999, 12\u00bd ...!?", "a\n\n b \t c  ",
         "\U0001f600\U0001f600 \u200b\u0301x", "<x>the <mask> low<|endoftext|> <s>a</s>", "<new> the<n2> <mask>lower<q> <e>", "the end<|startoftext|> <unk>"]
PAIRS = [("the then", "lower"), ("", "a")]
ROBERTA = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
END = ["<|endoftext|>"]
FLAGS = {"lstrip": False, "rstrip": False, "single_word": False, "normalized": False}


def folders() -> dict[str, tuple[list[str], dict[str, dict]]]:
    """By name: tokens that the vocabulary has beside bytes and pairs, and the files beside it."""
    def config(name, **settings):
        return {"tokenizer_config": {"tokenizer_class": name} | settings}

    return {
        "gpt2": (END, config("GPT2Tokenizer", model_max_length=1024)), "gpt2_missing": ([], config("GPT2TokenizerFast", add_prefix_space=True)),
        "gpt2_frame": (END, config("GPT2Tokenizer", add_bos_token=True, add_eos_token=True, pad_token="<p>", padding_side="left", eos_token="the")),
        "gpt2_model_type": (END, {"config": {"model_type": "gpt2"}}),
        "gpt2_added": (END, config("GPT2Tokenizer") | {"added_tokens": {"<new>": 5000, "<n2>": 269, "the": 3, "<s>": 4},
                                                       "special_tokens_map": {"pad_token": "<s>", "additional_special_tokens": ["<q>", "<e>"]}}),
        "gpt2_decoder": (END, config("GPT2Tokenizer", extra_special_tokens=["<e>"], unk_token="<unk>", added_tokens_decoder={
            "401": FLAGS | {"content": "<q>", "lstrip": True, "normalized": True, "special": False}, "400": FLAGS | {"content": "<unk>", "rstrip": True, "special": True}})),
        "roberta": (ROBERTA, config("RobertaTokenizer", model_max_length=512)), "roberta_missing": ([], config("RobertaTokenizer", cls_token="<c>")),
        "roberta_settings": (ROBERTA, config("RobertaTokenizer", add_prefix_space=True, trim_offsets=False)),
        "roberta_map": (ROBERTA, config("RobertaTokenizer", sep_token="<x>") | {
            "special_tokens_map": {"mask_token": FLAGS | {"content": "<mask>", "lstrip": True}, "cls_token": "</s>", "sep_token": "</s>"}}),
        "roberta_objects": (ROBERTA, config("RobertaTokenizer", mask_token=FLAGS | {"__type": "AddedToken", "content": "<mask>", "lstrip": True})),
        "bart": (ROBERTA, config("BartTokenizer")), "longformer": (ROBERTA, {"config": {"model_type": "longformer"}}),
        "qwen2": (END, config("Qwen2Tokenizer", add_prefix_space=False, padding_side="left", truncation_side="left", model_max_length=64)),
        "clip": ([*END, "<|startoftext|>"], config("CLIPTokenizer", model_max_length=77)), "clip_missing": ([], config("CLIPTokenizer"))}


def vocabulary(name: str) -> tuple[dict[str, int], list]:
    model = json.loads(tokenizers_bpe.byte_level().to_str())["model"]
    tokens, merges = model["vocab"], model["merges"]
    if name.startswith("clip"):
        for token in [token + "</w>" for token in tokens if len(token) == 1] + ["th", "the</w>"]:
            tokens.setdefault(token, len(tokens))
        merges = [["t", "h"], ["th", "e</w>"]]
    return tokens, merges


def write() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    cases = []
    for name, (special, files) in folders().items():
        folder = FIXTURES / name
        folder.mkdir()
        tokens, merges = vocabulary(name)
        for token in special:
            tokens[token] = len(tokens)
        (folder / "vocab.json").write_text(json.dumps(tokens, ensure_ascii=False))
        (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in merges))
        for file, content in files.items():
            (folder / f"{file}.json").write_text(json.dumps(content) + "\n")
        reference = AutoTokenizer.from_pretrained(str(folder))
        limit = reference.model_max_length if reference.model_max_length < 1 << 20 else 0
        padding = None if reference.pad_token is None else {"id": reference.pad_token_id, "side": reference.padding_side}
        for texts in [(text,) for text in TEXTS] + PAIRS:
            found = reference.backend_tokenizer.encode(*texts)
            text_of = [texts[i] if i is not None else "" for i in found.sequence_ids]
            offsets = [[len(text[:begin].encode()), len(text[:end].encode())] for text, (begin, end) in zip(text_of, found.offsets)]
            cases.append({"tokenizer": name, "texts": texts, "ids": found.ids, "type_ids": found.type_ids, "offsets": offsets, "limit": limit,
                          "padding": padding, "truncation": reference.truncation_side,
                          "decoded": reference.decode(found.ids), "text": reference.decode(found.ids, skip_special_tokens=True)})
    (FIXTURES / "cases.json").write_text("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in cases) + "\n]\n")
    print(f"vocab_json: {len(cases)} cases")


if __name__ == "__main__":
    write()
