"""Some hundred tokenizers: models trained on the texts, with every normalizer, pre-tokenizer, post-processor, decoder and kind of added
token at least twice among them, and combinations that are in use.

Which part goes with which is drawn from a fixed seed, so that parts that never meet in practice meet here: each must do what the reference
does whatever stands before it.
"""

import json
import pathlib
import random
import subprocess
from collections.abc import Iterator

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from tokenizer_tables import parts

UNKNOWN = "[UNK]"
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
SIZE = 4000


def _trained(model, trainer, normalizer, pre_tokenizer, corpus, **changes) -> str:
    """The JSON of a model trained on the corpus, its fields changed, without any other part."""
    made = Tokenizer(model)
    if normalizer:
        made.normalizer = normalizer
    made.pre_tokenizer = pre_tokenizer
    made.train_from_iterator(corpus, trainer)
    described = json.loads(made.to_str())
    described["model"] |= changes
    return json.dumps(described | {"added_tokens": [], "normalizer": None, "pre_tokenizer": None})


def trained_models(corpus: list[str]) -> dict[str, str]:
    words = pre_tokenizers.BertPreTokenizer()
    spelled = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces = pre_tokenizers.Metaspace()
    alphabet = pre_tokenizers.ByteLevel.alphabet()

    def word_piece(**options):
        return trainers.WordPieceTrainer(vocab_size=SIZE, show_progress=False, special_tokens=[UNKNOWN], limit_alphabet=1500, **options)

    def bpe(special=(UNKNOWN,), **options):
        return trainers.BpeTrainer(vocab_size=SIZE, show_progress=False, special_tokens=list(special), **options)

    def unigram(special=(UNKNOWN,)):
        return trainers.UnigramTrainer(vocab_size=SIZE, show_progress=False, special_tokens=list(special), unk_token=UNKNOWN)

    made = {
        "word_piece": _trained(models.WordPiece(unk_token=UNKNOWN), word_piece(), normalizers.BertNormalizer(), words, corpus),
        "word_piece_at": _trained(models.WordPiece(unk_token=UNKNOWN), word_piece(continuing_subword_prefix="@@"), None, words, corpus,
                                  max_input_chars_per_word=12, continuing_subword_prefix="@@"),
        "bpe_bytes": _trained(models.BPE(), bpe(initial_alphabet=alphabet, special=()), None, spelled, corpus),
        "bpe_unknown": _trained(models.BPE(unk_token=UNKNOWN), bpe(limit_alphabet=900), None, pieces, corpus),
        "bpe_fused": _trained(models.BPE(unk_token=UNKNOWN, fuse_unk=True), bpe(limit_alphabet=300), None, words, corpus),
        "bpe_ends": _trained(models.BPE(unk_token=UNKNOWN, end_of_word_suffix="</w>"), bpe(limit_alphabet=900, end_of_word_suffix="</w>"),
                             normalizers.Lowercase(), words, corpus),
        "bpe_inner": _trained(models.BPE(unk_token=UNKNOWN, continuing_subword_prefix="##"),
                              bpe(limit_alphabet=900, continuing_subword_prefix="##"), None, words, corpus),
        "bpe_fallback": _trained(models.BPE(unk_token=UNKNOWN), bpe(limit_alphabet=900, special=(UNKNOWN, *BYTES)), None, pieces, corpus,
                                 byte_fallback=True, fuse_unk=True),
        "word_level": _trained(models.WordLevel(unk_token=UNKNOWN),
                               trainers.WordLevelTrainer(vocab_size=SIZE, show_progress=False, special_tokens=[UNKNOWN]),
                               normalizers.Lowercase(), words, corpus),
        "unigram": _trained(models.Unigram(), unigram(), normalizers.NFKC(), pieces, corpus),
        "unigram_fallback": _trained(models.Unigram(), unigram((UNKNOWN, *BYTES)), None, pieces, corpus, byte_fallback=True),
    }
    ignoring = json.loads(made["bpe_bytes"])
    ignoring["model"]["ignore_merges"] = True
    made["bpe_ignoring_merges"] = json.dumps(ignoring)
    return made


def kindred_models(kindred: str, corpus: list[str], folder: pathlib.Path) -> Iterator[tuple[str, Tokenizer]]:
    """Whole tokenizers that Kindred trained: the reference must read them as Kindred does."""
    lines = folder / "corpus.txt"
    lines.write_text("".join(line.replace("\n", " ").replace("\r", " ") + "\n" for line in corpus), encoding="utf-8")
    for kind, options in {"wordpiece": [], "bpe": [], "unigram": [], "wordpiece_cased": ["--cased"]}.items():
        output = folder / f"trained_{kind}.json"
        subprocess.run([kindred, "tokenize", "train", kind.removesuffix("_cased"), "--input", lines, "--vocabulary-size", str(SIZE),
                        "--output", output, *options], check=True, stderr=subprocess.DEVNULL)
        yield f"kindred {kind}", Tokenizer.from_file(str(output))


# model, normalizer, pre-tokenizer, post-processor, decoder, added tokens: as models that are in use have them.
IN_USE = {
    "BERT": ("word_piece", "bert", "bert", "template", "word_piece", "special"),
    "BERT cased": ("word_piece", "bert_no_lowercase", "bert", "bert", "word_piece", "mixed"),
    "GPT-2": ("bpe_bytes", "none", "byte_level", "byte_level_whole", "byte_level", "special"),
    "RoBERTa": ("bpe_bytes", "none", "byte_level_prefix", "roberta_trim_prefix", "byte_level", "lstrip"),
    "Llama 2": ("bpe_fallback", "llama2", "none", "template", "llama2", "not_normalized"),
    "Llama 3": ("bpe_ignoring_merges", "none", "regex_llama3", "llama3", "byte_level", "special"),
    "Qwen": ("bpe_bytes", "nfc", "regex_qwen2", "byte_level_whole", "byte_level", "not_normalized"),
    "DeepSeek": ("bpe_bytes", "none", "deepseek", "template_end", "byte_level", "not_normalized"),
    "CLIP": ("bpe_ends", "lowercase", "regex_clip", "roberta", "bpe", "special"),
    "T5": ("unigram", "t5", "metaspace_always", "template_end", "metaspace_always", "rstrip"),
    "XLM-R": ("unigram", "precompiled_nmt_nfkc", "words_metaspace", "roberta", "metaspace_first", "lstrip"),
    "ALBERT": ("unigram", "albert", "metaspace_always", "bert", "metaspace_always", "plain"),
}


def _drawn(rows: dict, count: int, random_: random.Random) -> list[str]:
    """`count` names of rows, each as often as another, give or take one."""
    names: list[str] = []
    while len(names) < count:
        names += random_.sample(list(rows), len(rows))
    return names[:count]


def combinations(model_names: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names and rows: those in use, then drawn ones, as many as give each row at least twice."""
    yield from IN_USE.items()
    sample = Tokenizer(models.WordPiece({token: i for i, token in enumerate([UNKNOWN, *parts.SPECIAL])}, unk_token=UNKNOWN))
    tables = [dict.fromkeys(model_names), parts.normalizer_rows(), parts.pre_tokenizer_rows(), parts.post_processor_rows(sample),
              parts.decoder_rows(), parts.added_rows()]
    count = 2 * max(map(len, tables))
    random_ = random.Random(5)
    drawn = [_drawn(table, count, random_) for table in tables]
    for i, names in enumerate(zip(*drawn, strict=True)):
        yield f"{i:03} {' '.join(names)}", names


class Builder:
    """Makes tokenizers of rows."""

    def __init__(self, trained: dict[str, str]):
        self._trained = trained
        self._normalizers = parts.normalizer_rows()
        self._pre_tokenizers = parts.pre_tokenizer_rows()
        self._decoders = parts.decoder_rows()
        self._added = parts.added_rows()

    def build(self, model: str, normalizer: str, pre_tokenizer: str, post_processor: str, decoder: str, added: str) -> Tokenizer:
        made = Tokenizer.from_str(self._trained[model])
        chosen = {"normalizer": self._normalizers[normalizer], "pre_tokenizer": self._pre_tokenizers[pre_tokenizer],
                  "decoder": self._decoders[decoder]}
        for name, part in chosen.items():
            if part:
                setattr(made, name, part)
        made.add_special_tokens(parts.SPECIAL)
        if part := parts.post_processor_rows(made)[post_processor]:
            made.post_processor = part
        # What the model must not cut, as a file has it: added last, with the normalizer there.
        made.add_tokens(self._added[added])
        return made
