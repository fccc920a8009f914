"""Tokenizers that differ in how they cut words, for make_tokenizers.py.

Their model knows no character: a word is one unknown token, whose offsets are the word's.
"""

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

TEXTS = ["", " ", "the  end.", "a-b--c -d- ", "x1 22y 333\u00bd\u2167 \u0664\u0665", "it's, (well) \u00abgood\u00bb!?  _a_ \u2014", "\u4e2d\u6587\u3002 \u3000x\u00a0y\u200bz\u0301",
         "--", "-", "abcdefghijk", "caf\u00e9caf\u00e9 a\u0085b\u2028c \u20ac5 + $6 ^ `", "\U0001f600\U0001f600 ab\U0001f600",
         "I'LL gotoHTTPServer's  1234\n\n x//\r\n /a DON'T'\u017f", " \n \n  end \n ", "\u1c89\u01c5\u0301a\u4e2dB\u3072 .\u00b2\u0903x",
         "  \u3069\u3053\u30ab\u30fc\u3067\u751f\u308c\u3002Yes \u041a\u0430k, \u0645\u0631", "   \u0378 "]
# What well-known tokenizers cut by, and expressions that are no one's.
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
    "empty": "", "lines": "^.*$", "words": r"\b\w+\b|\h{2,3}+", "letters": r"(?i)k+|s+|\P{L}(?!\d)", "maybe": "x*",
    # Words have \u00b2 and \u00bd, but not between brackets; signs are punctuation in [:punct:] alone.
    "words_in_brackets": r"[\w]+|[[:word:]x]+", "words_or_signs": r"\w+|[^\w\s]+", "punctuation": r"\p{Punct}+|[\p{Punct}x]+", "punct": r"[[:punct:]]+"}
DEEPSEEK = [r"\p{N}{1,3}", "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
            r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"
            r"|\s*[\r\n]+|\s+(?!\S)|\s+"]
BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]


def tokenizers() -> dict[str, Tokenizer]:
    parts = {"whitespace": pre_tokenizers.Whitespace(), "whitespace_split": pre_tokenizers.WhitespaceSplit(), "digits": pre_tokenizers.Digits(),
             "digits_each": pre_tokenizers.Digits(individual_digits=True), "delimiter": pre_tokenizers.CharDelimiterSplit("-"),
             "fixed": pre_tokenizers.FixedLength(3), "scripts": pre_tokenizers.UnicodeScripts(),
             "sequence": pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits()])}
    for behavior in BEHAVIORS:
        parts[f"punctuation_{behavior}"] = pre_tokenizers.Punctuation(behavior)
        for invert in (False, True):
            parts[f"split_{behavior}{'_inverted' if invert else ''}"] = pre_tokenizers.Split("-", behavior, invert)
        parts[f"split_regex_{behavior}"] = pre_tokenizers.Split(Regex(r"\s*-|\p{N}+"), behavior, invert=behavior == "removed")
    for name, expression in EXPRESSIONS.items():
        parts[f"regex_{name}"] = pre_tokenizers.Split(Regex(expression), "isolated")
    parts["regex_deepseek"] = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(expression), "isolated") for expression in DEEPSEEK])
    parts["split_nothing"] = pre_tokenizers.Split("", "merged_with_next")
    made = {}
    for name, part in parts.items():
        made[f"words_{name}"] = Tokenizer(models.BPE({"?": 0}, [], unk_token="?", fuse_unk=True))
        made[f"words_{name}"].pre_tokenizer = part
    for name, pattern in {"text": "-", "regex": Regex(r"\s+|\p{N}(?=\p{N})"), "nothing": "", "maybe": Regex("a*")}.items():
        made[f"words_replace_{name}"] = Tokenizer(models.BPE({"?": 0}, [], unk_token="?"))
        made[f"words_replace_{name}"].normalizer = normalizers.Replace(pattern, "<\u00e9>")
    made["words_byte_level"] = Tokenizer(models.BPE({"?": 0}, [], unk_token="?"))
    made["words_byte_level"].normalizer = normalizers.ByteLevel()
    made["words_level"] = Tokenizer(models.WordLevel({"the": 0, "<unk>": 1, "-": 2, "b": 5}, unk_token="<unk>"))
    made["words_level"].pre_tokenizer = pre_tokenizers.Whitespace()
    made["words_level_lowered"] = Tokenizer(models.WordLevel({"a": 3, "b": 1, "?": 2}, unk_token="?"))
    made["words_level_lowered"].normalizer = normalizers.Lowercase()
    made["words_level_lowered"].pre_tokenizer = pre_tokenizers.Split(Regex(r"[^ab]"), "isolated")
    return made
