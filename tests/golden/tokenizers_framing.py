"""Makes tests/golden/fixtures/tokenizers/framing with the reference implementation: what is done to the tokens of a text once they are
found. Truncation at each side, by each strategy, with the windows that overflow; padding; templates that leave a text out or repeat it;
post-processors one after the other; added tokens that take blanks along, or of which no character is left.

NAME.json is a tokenizer.json, its truncation and padding sections included. cases.json lists for each case texts, special_tokens, the
truncation or null, and "sequences": what is kept first, then the windows in their order; ids, type ids (null where the reference forgets
what its template says), offsets in bytes of UTF-8. "sequences" is null where the reference fails. padding.json lists rows of a batch.
make_tokenizers.py runs this too. By itself: python tests/golden/tokenizers_framing.py
"""

import itertools
import json
import pathlib
import shutil

import tokenizers_bpe
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "tokenizers" / "framing"

VOCABULARY = {token: i for i, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz"])}
SPECIAL = {name: {"id": name, "ids": ids, "tokens": tokens} for name, ids, tokens in [
    ("[CLS]", [2], ["[CLS]"]), ("[SEP]", [3], ["[SEP]"]), ("both", [2, 3], ["[CLS]", "[SEP]"]), ("none", [], [])]}


def special(name: str, type_id: int = 0) -> dict:
    return {"SpecialToken": {"id": name, "type_id": type_id}}


def text(name: str, type_id: int = 0) -> dict:
    return {"Sequence": {"id": name, "type_id": type_id}}


def template(single: list, pair: list) -> dict:
    return {"type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": SPECIAL}


CLS, SEP, A, B = special("[CLS]"), special("[SEP]"), text("A"), text("B", 1)
BERT = template([CLS, A, SEP], [CLS, A, SEP, B, special("[SEP]", 1)])
FRONT = template([special("[CLS]", 7), A], [A, B])
BERT_PROCESSING = {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
ROBERTA = {"type": "RobertaProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2], "trim_offsets": True, "add_prefix_space": False}
TRIM = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
TRIM_ALL = TRIM | {"add_prefix_space": False}
# Templates whose types the reference forgets in what overflows.
TYPED = ("repeated", "types", "swapped", "front_bert", "xlm")

POST_PROCESSORS = {
    "bare": None, "bert": BERT, "bert_processing": BERT_PROCESSING, "roberta": ROBERTA, "no_parts": [],
    "missing": template([CLS], [CLS, B]), "repeated": template([A, SEP, text("A", 1)], [B, text("A", 1), text("B", 2)]),
    "swapped": template([A], [text("B"), SEP, text("A", 1)]), "types": template([special("[CLS]", 3), text("A", 4), special("[SEP]", 5)], [text("A", 5), text("B", 6)]),
    "xlm": template([CLS, A, SEP], [CLS, A, SEP, SEP, text("B"), SEP]), "several_ids": template([special("both"), A, special("none")], [special("both", 1), A, B]),
    "second_in_single": template([CLS, B], [A, B]), "bert_bert": [BERT_PROCESSING, BERT_PROCESSING], "template_bert": [BERT, BERT_PROCESSING],
    "bert_template": [BERT_PROCESSING, BERT], "template_template": [BERT, BERT], "front_bert": [FRONT, BERT], "roberta_bert": [ROBERTA, BERT_PROCESSING],
    "bert_roberta": [BERT_PROCESSING, ROBERTA], "nested": [[BERT_PROCESSING], ROBERTA]}
TRIMS = {"trim_bert": [TRIM, BERT], "bert_trim": [BERT, TRIM], "bert_processing_trim": [BERT_PROCESSING, TRIM], "trim_trim": [TRIM, TRIM], "trim_all": [TRIM_ALL],
         "roberta_trim": [ROBERTA, TRIM], "trim_roberta": [TRIM, ROBERTA | {"add_prefix_space": True}]}

TEXTS = [("a b c d e f g h",), ("a b",), ("",), ("a b c d e", "m n o p"), ("a b c", "m n o p q r s"), ("a", ""), ("a b c d e", "m n o p q")]
BLANK_TEXTS = [("the then  lowest lower",), ("  the  then ", " lower the"), (" the",)]
BATCH = ["a b c d e", "", "a b c", "a b c d e f g h"]


def from_parts(reference: Tokenizer, **sections) -> Tokenizer:
    return Tokenizer.from_str(json.dumps(json.loads(reference.to_str()) | sections))


def post_processor(part):
    return {"type": "Sequence", "processors": [post_processor(inner) for inner in part]} if isinstance(part, list) else part


def letters() -> Tokenizer:
    made = Tokenizer(models.WordPiece(VOCABULARY, unk_token="[UNK]"))
    made.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    return made


def stripping(normalized: bool) -> Tokenizer:
    """RoBERTa's <mask> takes the blank before it along, and its offsets leave that out again."""
    made = tokenizers_bpe.roberta()
    made.add_tokens([AddedToken("<mask>", lstrip=True, normalized=normalized), AddedToken("<r>", rstrip=True, normalized=normalized),
                     AddedToken("<x>", lstrip=True, rstrip=True, normalized=normalized)])
    return made


def unknown_blanks() -> Tokenizer:
    """Unigram's unknown token has the text that it stands for, blanks included."""
    made = Tokenizer(models.Unigram([("<unk>", 0.0), ("a", -1.0), ("b", -1.0)], 0))
    return from_parts(made, post_processor=TRIM_ALL)


def spaced() -> Tokenizer:
    """Added tokens that get blanks as they are normalized: their offsets leave out as many as those in the text."""
    made = letters()
    made.normalizer = normalizers.Sequence([normalizers.BertNormalizer(), normalizers.Replace("-", "- ")])
    made.add_tokens([AddedToken("\u4e2d\u6587"), AddedToken("a-"), AddedToken(" lead")])
    return from_parts(made, post_processor=TRIM_ALL)


def tokenizers() -> dict[str, Tokenizer]:
    blanks = tokenizers_bpe.byte_level(add_prefix_space=True)
    made = {name: from_parts(letters(), post_processor=post_processor(part)) for name, part in POST_PROCESSORS.items()}
    made |= {name: from_parts(blanks, post_processor=post_processor(part)) for name, part in TRIMS.items()}
    made |= {"stripping": stripping(False), "stripping_normalized": stripping(True), "unknown_blanks": unknown_blanks(), "spaced": spaced()}
    nothing = [{"id": 100 + i, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True, "special": False}
               for i, content in enumerate(["\u0301", "xy", "\u0300\u0301"])]
    made["nothing_left"] = from_parts(letters(), added_tokens=nothing)
    made["left"] = from_parts(made["bert"], truncation={"direction": "Left", "max_length": 6, "strategy": "OnlyFirst", "stride": 1})
    return made


def sequences(reference: Tokenizer, name: str, texts: tuple[str, ...], special_tokens: bool) -> list | None:
    try:
        found = reference.encode(*texts, add_special_tokens=special_tokens)
    except BaseException as error:  # its panics are no Exceptions
        print(f"{name} {texts} {special_tokens}: {str(error).splitlines()[0]}")
        return None

    def listed(one, first: bool) -> list:
        # Of a pair, no text has characters of several bytes. (Where one stands twice, the reference knows only one of its places.)
        offsets = [[len(texts[0][:end].encode()) if len(texts) == 1 else end for end in both] for both in one.offsets]
        return [one.ids, one.type_ids if first or name not in TYPED else None, offsets]

    return [listed(found, True)] + [listed(window, False) for window in found.overflowing]


def cases(references: dict[str, Tokenizer]) -> list[dict]:
    rows = []

    def add(name: str, texts: tuple[str, ...], special_tokens: bool, truncation: dict | None) -> None:
        rows.append({"tokenizer": f"{name}.json", "texts": texts, "special_tokens": special_tokens, "truncation": truncation,
                     "sequences": sequences(references[name], name, texts, special_tokens)})

    for name, reference in references.items():
        reference.no_truncation()
        texts = BLANK_TEXTS if name in TRIMS else TEXTS[2:4] + TEXTS[:1]
        if name.startswith("stripping"):
            texts = [("the <mask> then",), ("the  <mask>  <r>  then", " <mask>"), ("a  <x>  b",), ("the  <mask>",), ("<x> ",)]
        if name == "unknown_blanks":
            texts = [("a  b",), (" a",), ("\u00a0 x a \u0120b",), ("a x ", "  ")]
        if name == "spaced":
            texts = [("b \u4e2d\u6587 a- c",), ("\u4e2d\u6587\u4e2d\u6587  leada-",), ("b   lead a-  ",)]
        if name == "nothing_left":
            texts = [("a \u0301 xy b",), ("XY\u0300x y",)]
        for one, special_tokens in itertools.product(texts, (True, False)):
            add(name, one, special_tokens, None)
    limits = [(direction, strategy, limit, stride) for direction in ("right", "left") for strategy in ("longest_first", "only_first", "only_second")
              for limit, stride in ((7, 0), (8, 1), (9, 2))]
    for name in ("bare", "bert", "bert_processing"):
        for (direction, strategy, limit, stride), texts in itertools.product(limits, TEXTS):
            references[name].enable_truncation(limit, stride=stride, strategy=strategy, direction=direction)
            truncation = {"limit": limit, "side": direction, "strategy": strategy, "stride": stride}
            add(name, texts, strategy != "only_first", truncation)
    for name in (*POST_PROCESSORS, *TRIMS):
        for direction, (limit, stride) in itertools.product(("right", "left"), ((10, 0), (9, 1))):
            references[name].enable_truncation(limit, stride=stride, direction=direction)
            truncation = {"limit": limit, "side": direction, "strategy": "longest_first", "stride": stride}
            for texts in BLANK_TEXTS if name in TRIMS else [("a b c d e f g h i j k",), TEXTS[3]]:
                add(name, texts, True, truncation)
    # As the file says; the limit of a file is asked for with Tokenizer::max_tokens().
    reference = Tokenizer.from_file(str(FIXTURES / "left.json"))
    for texts in (TEXTS[0], ("a b c d e", "m")):
        rows.append({"tokenizer": "left.json", "texts": texts, "special_tokens": True, "truncation": "file",
                     "sequences": sequences(reference, "left", texts, True)})
    return [row for row in rows if longest(row)]


def longest(row: dict) -> bool:
    """Without what the reference makes of no room at all: sequences that are longer than asked for."""
    limit = row["truncation"]["limit"] if isinstance(row["truncation"], dict) else None
    if limit is None or row["sequences"] is None or row["tokenizer"] in ("repeated.json", "template_bert.json"):
        return True
    return all(len(ids) <= limit for ids, _, _ in row["sequences"])


def paddings(reference: Tokenizer) -> list[dict]:
    rows = []
    for direction, length, multiple, (pad_id, pad_type_id), limit in itertools.product(
            ("right", "left"), (None, 10, 12), (None, 4, 8), ((0, 0), (7, 1)), (0, 6)):
        reference.enable_padding(direction=direction, length=length, pad_to_multiple_of=multiple, pad_id=pad_id, pad_type_id=pad_type_id)
        if limit:
            reference.enable_truncation(limit)
        else:
            reference.no_truncation()
        section = json.loads(reference.to_str())["padding"]
        found = reference.encode_batch(BATCH)
        rows.append({"padding": section, "limit": limit, "texts": BATCH, "ids": [row.ids for row in found], "type_ids": [row.type_ids for row in found],
                     "attention_mask": [row.attention_mask for row in found], "offsets": [row.offsets for row in found]})
    return rows


def dump(name: str, rows: list[dict]) -> None:
    (FIXTURES / name).write_text("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")
    print(f"framing: {len(rows)} rows in {name}")


def write() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    references = tokenizers()
    for name, made in references.items():
        made.save(str(FIXTURES / f"{name}.json"), pretty=False)
    dump("cases.json", cases(references))
    dump("padding.json", paddings(Tokenizer.from_file(str(FIXTURES / "bert.json"))))


if __name__ == "__main__":
    write()
