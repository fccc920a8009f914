"""Makes tests/golden/fixtures/decoders/cases.json with the reference implementation: decoders with their options, lists of tokens, and the
text that each makes of each.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_decoders.py
"""

import json
import pathlib

from tokenizers import Regex, Tokenizer, decoders, models

FIXTURE = pathlib.Path(__file__).parent / "fixtures" / "decoders" / "cases.json"
DECODERS = [
    decoders.ByteLevel(), decoders.WordPiece(), decoders.WordPiece(prefix="@@", cleanup=False), decoders.Metaspace(),
    decoders.Metaspace(replacement="_", prepend_scheme="never"), decoders.Metaspace(prepend_scheme="first"), decoders.BPEDecoder(),
    decoders.BPEDecoder(suffix="_"), decoders.CTC(), decoders.CTC(pad_token="_", word_delimiter_token="a", cleanup=True),
    decoders.CTC(cleanup=False), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content="_", left=1, right=0),
    decoders.Strip(content="\u2581", left=2, right=0), decoders.Replace("a", ""), decoders.Replace("\u2581", " "), decoders.Replace("aa", "b"),
    decoders.Replace("", "-"), decoders.Replace(Regex("[a-e]+|\u2581*"), "<>"),
    decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1, right=0)])]
TOKENS = [
    ["a"], ["the", "##re", "is", "n't", ".", "do", "not", "'s", "x"], ["\u2581the", "re", "\u2581\u2581is", "\u2581", "_a_"], ["th", "e</w>", "cat</w>"],
    ["<pad>", "h", "h", "<pad>", "h", "|", "|", "e", "<pad>", "<pad>", "!"], ["\u0120the", "\u00c3", "\u00a9", "\u4e2d", "<s>", "\u00ff"],
    ["<0x61>", "<0xE4>", "<0xB8>", "<0xAD>", "b", "<0xE4>", "<0xff>", "<0xG1>", "<0x+5>", "<0x5>"], ["__a__", "_", "", "a_a", "aaa"],
    ["a_b", "_", "@@c", "_", "_d"], ["\u2581\u2581\u2581x", "\u2581", "y\u2581"], ["<0xEF>", "<0xBF>", "<0xBD>", "<0xEF>", "<0xBF>", "<0xBD>"]]


def described(decoder) -> dict:
    tokenizer = Tokenizer(models.WordLevel({"a": 0}, unk_token="a"))
    tokenizer.decoder = decoder
    return json.loads(tokenizer.to_str())["decoder"]


def main() -> None:
    rows = [{"decoder": described(decoder), "tokens": tokens, "text": decoder.decode(tokens)} for decoder in DECODERS for tokens in TOKENS]
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main()
