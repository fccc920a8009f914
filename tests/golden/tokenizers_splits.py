"""Tokenizers that differ in how they cut words, for make_tokenizers.py.

Their model knows no character: a word is one unknown token, whose offsets are the word's.
"""

from tokenizers import Tokenizer, models, pre_tokenizers

TEXTS = ["", " ", "the  end.", "a-b--c -d- ", "x1 22y 333\u00bd\u2167 \u0664\u0665", "it's, (well) \u00abgood\u00bb!?  _a_ \u2014", "\u4e2d\u6587\u3002 \u3000x\u00a0y\u200bz\u0301",
         "--", "-", "abcdefghijk", "caf\u00e9caf\u00e9 a\u0085b\u2028c \u20ac5 + $6 ^ `", "\U0001f600\U0001f600 ab\U0001f600"]
BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]


def tokenizers() -> dict[str, Tokenizer]:
    parts = {"whitespace": pre_tokenizers.Whitespace(), "whitespace_split": pre_tokenizers.WhitespaceSplit(), "digits": pre_tokenizers.Digits(),
             "digits_each": pre_tokenizers.Digits(individual_digits=True), "delimiter": pre_tokenizers.CharDelimiterSplit("-"),
             "fixed": pre_tokenizers.FixedLength(3),
             "sequence": pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits()])}
    for behavior in BEHAVIORS:
        parts[f"punctuation_{behavior}"] = pre_tokenizers.Punctuation(behavior)
        for invert in (False, True):
            parts[f"split_{behavior}{'_inverted' if invert else ''}"] = pre_tokenizers.Split("-", behavior, invert)
    made = {}
    for name, part in parts.items():
        made[f"words_{name}"] = Tokenizer(models.BPE({"?": 0}, [], unk_token="?", fuse_unk=True))
        made[f"words_{name}"].pre_tokenizer = part
    return made
