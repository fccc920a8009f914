"""Tokenizers of byte pairs, for make_tokenizers.py: each part and option of theirs, over a small vocabulary."""

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

WORDS = ["the", "then", "caf\u00e9", "\u4e2d\u6587", "it's", "they'll", "1999", "...", "a b", "lower", "lowest", "\U0001f600", "  ", "\n"]
TEXTS = ["", " ", "the then", " the\u00a0 lowest  lower", "it's they'll they'LL 'tis", "caf\u00e9 CAF\u00c9 \u4e2d\u6587\u4e2d", "in 1999, 12\u00bd ...!?",
         "a\n\n b \t c  ", "\U0001f600\U0001f600 \u200b\u0301x", "<x>the <x> low", "e" * 40 + " " + "lo" * 30, "\u3000the\u2003 end ", "zq\u0416"]


def byte_level(add_prefix_space=False, use_regex=True, trim_offsets=False, **model) -> Tokenizer:
    """With the merges that the words' bytes give, first come first merged."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    spell = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    spelled = [token for word in WORDS for token, _ in spell.pre_tokenize_str(" " + word) + spell.pre_tokenize_str(word)]
    vocabulary, merges = _merges(alphabet, spelled)
    made = Tokenizer(models.BPE(vocabulary, merges, **model))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space, use_regex=use_regex)
    made.post_processor = processors.ByteLevel(trim_offsets=trim_offsets, add_prefix_space=add_prefix_space)
    made.decoder = decoders.ByteLevel()
    made.add_tokens([AddedToken("<x>")])
    return made


def _merges(alphabet: list[str], words: list[str], prefix: str = "", suffix: str = "") -> tuple[dict, list]:
    tokens, merges = list(alphabet), []
    for word in words:
        symbols = [(prefix if i else "") + c + (suffix if i == len(word) - 1 else "") for i, c in enumerate(word)]
        tokens += [symbol for symbol in symbols if symbol not in tokens]
        while len(symbols) > 1:
            joined = symbols[0] + symbols[1].removeprefix(prefix)
            if (symbols[0], symbols[1]) not in merges:
                merges.append((symbols[0], symbols[1]))
            if joined not in tokens:
                tokens.append(joined)
            symbols[:2] = [joined]
    return {token: i for i, token in enumerate(tokens)}, merges


def characters(prefix="", suffix="", unknown=None, fallback=False, **model) -> Tokenizer:
    alphabet = sorted(set("".join(WORDS[:4] + WORDS[9:11])))
    vocabulary, merges = _merges(alphabet, WORDS[:4] + WORDS[9:11], prefix, suffix)
    extra = ([unknown] if unknown else []) + ([f"<0x{byte:02X}>" for byte in range(256)] if fallback else [])
    vocabulary |= {token: len(vocabulary) + i for i, token in enumerate(extra)}
    options = {"unk_token": unknown, "continuing_subword_prefix": prefix, "end_of_word_suffix": suffix}
    made = Tokenizer(models.BPE(vocabulary, merges, byte_fallback=fallback, **{name: value for name, value in options.items() if value}, **model))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.BPEDecoder(suffix) if suffix else decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return made


def roberta(**options) -> Tokenizer:
    made = byte_level(add_prefix_space=options.get("add_prefix_space", True))
    made.add_special_tokens(["<s>", "</s>"])
    made.post_processor = processors.RobertaProcessing(("</s>", made.token_to_id("</s>")), ("<s>", made.token_to_id("<s>")), **options)
    return made


def tokenizers() -> dict[str, Tokenizer]:
    return {
        "bpe_bytes": byte_level(), "bpe_bytes_prefix_space": byte_level(add_prefix_space=True, trim_offsets=True),
        "bpe_bytes_whole": byte_level(use_regex=False, trim_offsets=True), "bpe_bytes_ignore_merges": byte_level(ignore_merges=True),
        "bpe_roberta": roberta(), "bpe_roberta_plain": roberta(trim_offsets=False, add_prefix_space=False),
        "bpe_characters": characters(), "bpe_prefix": characters(prefix="##", unknown="<unk>"), "bpe_suffix": characters(suffix="</w>"),
        "bpe_unknown": characters(unknown="<unk>"), "bpe_fuse": characters(unknown="<unk>", fuse_unk=True),
        "bpe_fallback": characters(fallback=True), "bpe_fallback_unknown": characters(fallback=True, unknown="<unk>", fuse_unk=True)}
