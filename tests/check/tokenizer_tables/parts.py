"""The parts of tokenizers that are compared, each option a row: normalizers, pre-tokenizers, post-processors, decoders, added tokens."""

import io

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors

from tokenizer_tables import texts

BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
# Expressions that tokenizers of today cut by, and some that only PCRE2 runs.
EXPRESSIONS = {
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "llama3": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "qwen3_5": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "o200k": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
             r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
             r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "tekken": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
              r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
              r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "clip": r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
    "words": r"\w+|[^\w\s]+", "sentences": r"(?<=[.!?])\s+", "sigma": r"(?i)[k-s]+|\d{2,}"}
DEEPSEEK = [r"\p{N}{1,3}", "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
            """[!"#$%&'()*+,""" r"""\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"""
            r"|\s*[\r\n]+|\s+(?!\S)|\s+"]


def character_map(rule: str) -> bytes:
    """SentencePiece's own map of characters, which it puts into every model that it trains."""
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(["a b c"] * 9), model_writer=out, model_type="char", vocab_size=7,
                                             hard_vocab_limit=False, normalization_rule_name=rule, minloglevel=5)
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(out.getvalue())
    return model.normalizer_spec.precompiled_charsmap


def normalizer_rows() -> dict:
    n = normalizers
    rows = {"none": None, "nfc": n.NFC(), "nfd": n.NFD(), "nfkc": n.NFKC(), "nfkd": n.NFKD(), "lowercase": n.Lowercase(), "nmt": n.Nmt(),
            "strip_accents": n.StripAccents(), "strip": n.Strip(), "strip_left": n.Strip(right=False), "strip_right": n.Strip(left=False),
            "prepend": n.Prepend("\u2581"), "prepend_word": n.Prepend("the "), "bert": n.BertNormalizer(),
            "byte_level": n.ByteLevel(), "replace": n.Replace(" ", "\u2581"), "replace_longer": n.Replace("a", "<\u00e9>"),
            "replace_spaces": n.Replace(Regex(r"\s{2,}"), " "),
            "replace_marks": n.Replace(Regex(r"\p{M}+|(?<=\d)\d"), ""), "replace_letters": n.Replace(Regex("[aeiou]"), "o\u0301")}
    for flag in ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase"):
        rows[f"bert_no_{flag}"] = n.BertNormalizer(**({"strip_accents": None} | {flag: False}))
    rows["bert_cased_stripped"] = n.BertNormalizer(lowercase=False, strip_accents=True)
    for rule in ("nmt_nfkc", "nfkc_cf"):
        rows[f"precompiled_{rule}"] = n.Precompiled(character_map(rule))
    rows["t5"] = n.Sequence([n.Precompiled(character_map("nmt_nfkc")), n.Strip(left=False), n.Replace(Regex(" {2,}"), "\u2581")])
    rows["uncased"] = n.Sequence([n.NFD(), n.StripAccents(), n.Lowercase(), n.Strip()])
    rows["albert"] = n.Sequence([n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(), n.Lowercase(),
                                 n.Precompiled(character_map("nfkc"))])
    rows["llama2"] = n.Sequence([n.Prepend("\u2581"), n.Replace(" ", "\u2581")])
    rows["nested"] = n.Sequence([n.Sequence([n.NFKC(), n.Lowercase()]), n.Sequence([]), n.NFD()])
    return rows


def pre_tokenizer_rows() -> dict:
    p = pre_tokenizers
    rows = {"none": None, "bert": p.BertPreTokenizer(), "whitespace": p.Whitespace(), "whitespace_split": p.WhitespaceSplit(), "digits": p.Digits(),
            "digits_each": p.Digits(individual_digits=True), "delimiter": p.CharDelimiterSplit("a"), "fixed_length": p.FixedLength(4),
            "scripts": p.UnicodeScripts(), "scripts_whitespace": p.Sequence([p.UnicodeScripts(), p.WhitespaceSplit()])}
    for prefix in (False, True):
        for regex in (False, True):
            rows[f"byte_level{'_prefix' if prefix else ''}{'' if regex else '_whole'}"] = p.ByteLevel(add_prefix_space=prefix, use_regex=regex)
    for scheme in ("always", "first", "never"):
        rows[f"metaspace_{scheme}"] = p.Metaspace(prepend_scheme=scheme)
        rows[f"metaspace_{scheme}_whole"] = p.Metaspace(prepend_scheme=scheme, split=False)
    for behavior in BEHAVIORS:
        rows[f"punctuation_{behavior}"] = p.Punctuation(behavior)
        rows[f"split_{behavior}"] = p.Split("-", behavior)
        rows[f"split_inverted_{behavior}"] = p.Split(" ", behavior, invert=True)
        rows[f"regex_{behavior}"] = p.Split(Regex(r"\p{Lu}?\p{Ll}+|\d|\s+"), behavior, invert=behavior in ("removed", "contiguous"))
    for name, expression in EXPRESSIONS.items():
        rows[f"regex_{name}"] = p.Split(Regex(expression), "removed" if name == "sentences" else "isolated")
    rows["deepseek"] = p.Sequence([*(p.Split(Regex(expression), "isolated") for expression in DEEPSEEK), p.ByteLevel(False, use_regex=False)])
    rows["gpt2_digits"] = p.Sequence([p.Digits(individual_digits=True), p.ByteLevel(add_prefix_space=False)])
    rows["words_metaspace"] = p.Sequence([p.WhitespaceSplit(), p.Metaspace(prepend_scheme="first")])
    rows["many"] = p.Sequence([p.Whitespace(), p.Punctuation("merged_with_next"), p.Digits(), p.FixedLength(5)])
    return rows


SPECIAL = ["[CLS]", "[SEP]", "[MASK]", "<s>", "</s>"]


def post_processor_rows(tokenizer: Tokenizer) -> dict:
    """For a tokenizer that has the SPECIAL tokens."""
    special = [(token, tokenizer.token_to_id(token)) for token in SPECIAL]
    ids = dict(special)
    bert = processors.BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))

    def template(single, pair):
        return processors.TemplateProcessing(single=single, pair=pair, special_tokens=special)

    rows = {"none": None, "bert": bert, "template": template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1"),
            "template_end": template("$A </s>", "$A </s> $B </s>"), "template_types": template("<s>:3 <s> $0:2 </s>", "$A:1 $B:2 </s>:7"),
            "byte_level": processors.ByteLevel(), "byte_level_whole": processors.ByteLevel(trim_offsets=False)}
    for trim in (False, True):
        for prefix in (False, True):
            rows[f"roberta{'_trim' if trim else ''}{'_prefix' if prefix else ''}"] = processors.RobertaProcessing(
                ("</s>", ids["</s>"]), ("<s>", ids["<s>"]), trim_offsets=trim, add_prefix_space=prefix)
    rows["llama3"] = processors.Sequence([processors.ByteLevel(trim_offsets=True), template("<s> $A", "<s> $A <s>:1 $B:1")])
    return rows


def decoder_rows() -> dict:
    d = decoders
    rows = {"none": None, "byte_level": d.ByteLevel(), "word_piece": d.WordPiece(), "word_piece_at": d.WordPiece(prefix="@@", cleanup=False),
            "bpe": d.BPEDecoder(), "ctc": d.CTC(pad_token="a", word_delimiter_token="\u2581"), "ctc_raw": d.CTC(cleanup=False),
            "fuse": d.Fuse(), "byte_fallback": d.ByteFallback(),
            "strip": d.Strip(content="\u2581", left=2, right=0), "strip_right": d.Strip(content="e", left=0, right=1),
            "replace": d.Replace("\u2581", " "), "replace_regex": d.Replace(Regex(r"[\u2581\u0120]|\d+"), "_")}
    for scheme in ("always", "first", "never"):
        rows[f"metaspace_{scheme}"] = d.Metaspace(prepend_scheme=scheme)
    rows["llama2"] = d.Sequence([d.Replace("\u2581", " "), d.ByteFallback(), d.Fuse(), d.Strip(content=" ", left=1, right=0)])
    rows["several"] = d.Sequence([d.WordPiece(cleanup=False), d.Metaspace(), d.Sequence([d.Fuse()])])
    return rows


def added_rows() -> dict[str, list[AddedToken]]:
    rows = {"none": [], "plain": [AddedToken(content) for content in texts.ADDED_CONTENTS]}
    for flags in ({"normalized": False}, {"special": True}, {"single_word": True}, {"lstrip": True}, {"rstrip": True},
                  {"lstrip": True, "rstrip": True, "normalized": False}, {"single_word": True, "rstrip": True, "normalized": False},
                  {"single_word": True, "lstrip": True, "special": True}):
        name = "_".join(name if on else f"not_{name}" for name, on in flags.items())
        rows[name] = [AddedToken(content, **flags) for content in texts.ADDED_CONTENTS]
    rows["mixed"] = [AddedToken(content, lstrip=i % 2 == 0, rstrip=i % 3 == 0, single_word=i % 5 == 0, normalized=i % 4 < 2)
                     for i, content in enumerate(texts.ADDED_CONTENTS)]
    return rows
