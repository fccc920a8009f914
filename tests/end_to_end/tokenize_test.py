"""kindred tokenize as people use it: its output, its inputs, what it refuses.

The program's path comes in the variable KINDRED; the model is the tiny one of the golden fixtures, whose window is 32 tokens.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["KINDRED"]
MODEL = pathlib.Path(__file__).resolve().parents[1] / "golden" / "fixtures" / "models" / "tiny_bert"


class TokenizeTest(unittest.TestCase):
    def run_program(self, *arguments, input=b""):
        done = subprocess.run(
            [PROGRAM, "tokenize", *map(str, arguments)],
            input=input if isinstance(input, bytes) else input.encode(),
            capture_output=True,
            timeout=60,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def tokens(self, input, *arguments):
        """What a run that must succeed prints, line by line."""
        code, output, words = self.run_program("--model", MODEL, *arguments, input=input)
        self.assertEqual((code, words), (0, ""))
        return output.splitlines()

    def refused(self, *arguments, code=1, input=b"", output=""):
        """What a run that must fail says; `output` is what it has printed before."""
        found, printed, words = self.run_program(*arguments, input=input)
        self.assertEqual((found, printed), (code, output), words)
        if code == 1:
            self.assertTrue(words.startswith("kindred: ") and words.count("\n") == 1, words)
        return words

    def test_prints_tokens(self):
        self.assertEqual(
            self.tokens("The river bank.\n\nsearching\n"),
            ["[CLS] the river bank . [SEP]", "[CLS] [SEP]", "[CLS] search ##ing [SEP]"],
        )

    def test_prints_json_with_offsets_in_code_points(self):
        (line,) = map(json.loads, self.tokens("\u00e9\u00e9 the\U0001f600 fox\n", "--json"))
        self.assertEqual(line["tokens"], ["[CLS]", "e", "##e", "[UNK]", "fox", "[SEP]"])
        self.assertEqual(line["offsets"], [[0, 0], [0, 1], [1, 2], [3, 7], [8, 11], [0, 0]])
        self.assertEqual(len(line["ids"]), len(line["tokens"]))

    def test_cuts_at_the_window_unless_told_not_to(self):
        text = "fox " * 100 + "\n"
        self.assertEqual(len(self.tokens(text)[0].split()), 32)
        self.assertEqual(len(self.tokens(text, "--no-truncate")[0].split()), 102)

    def test_gives_the_same_at_any_thread_count(self):
        text = "".join(f"the fox {number} jumps over the river\n" for number in range(5000))
        self.assertEqual(self.tokens(text, "--threads", 1), self.tokens(text, "--threads", 5))

    def test_takes_any_bytes(self):
        self.assertEqual(self.tokens(b"fo\xffx \xe4\xb8 a\x00b\n"), ["[CLS] fox a ##b [SEP]"])

    def test_reads_fields(self):
        expected = ["[CLS] the fox [SEP]", "[CLS] a cat [SEP]"]
        for form, text in {
            "jsonl": '{"id": 1, "text": "the fox"}\n{"text": "a cat", "id": 2}\n',
            "csv": 'id,text\n1,the fox\n2,"a cat"\n',
            "tsv": "id\ttext\n1\tthe fox\n2\ta cat\n",
        }.items():
            self.assertEqual(self.tokens(text, "--format", form, "--field", "text"), expected, form)
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "texts")
                path.write_text(text)
                self.assertEqual(self.tokens("", "--input", path, "--format", form, "--field", "text"), expected, form)

    def test_names_the_line_of_a_missing_field(self):
        words = self.refused(
            "--model", MODEL, "--format", "jsonl", "--field", "text", input='{"text": "a"}\n{"title": "b"}\n'
        )
        self.assertIn("line 2", words)
        self.assertIn("text", words)
        self.assertIn("title", self.refused("--model", MODEL, "--format", "csv", "--field", "title", input="id,text\n1,a\n"))

    def test_refuses_what_is_not_there(self):
        self.assertIn("no-such-model", self.refused("--model", "no-such-model", input="a\n"))
        self.assertIn("no-such-file", self.refused("--model", MODEL, "--input", "no-such-file"))
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("has no tokenizer.json, vocab.txt or vocab.json", self.refused("--model", folder, input="a\n"))

    def test_reads_several_files_one_after_the_other(self):
        with tempfile.TemporaryDirectory() as folder:
            first, second = pathlib.Path(folder, "first"), pathlib.Path(folder, "second")
            first.write_text("the fox")
            second.write_text("a cat\n")
            self.assertEqual(self.tokens("the river\n", "--input", first, "-", second),
                             ["[CLS] the fox [SEP]", "[CLS] the river [SEP]", "[CLS] a cat [SEP]"])

    def test_counts_tokens_of_files(self):
        with tempfile.TemporaryDirectory() as folder:
            short, long, empty = (pathlib.Path(folder, name) for name in ("short.txt", "long.txt", "empty.txt"))
            short.write_text("The river bank.\n\nsearching\n")  # 4 tokens, none, 2
            long.write_text("fox " * 100)  # not cut at the window of 32
            empty.write_text("")
            self.assertEqual(self.tokens("", "--count", "--input", short), [f"6 {short}"])
            self.assertEqual(self.tokens("", "--count", "--special-tokens", "--input", short), [f"12 {short}"])
            self.assertEqual(self.tokens("", "--count", "--input", short, long, empty),
                             [f"  6 {short}", f"100 {long}", f"  0 {empty}", "106 total"])
            (line,) = map(json.loads, self.tokens("", "--count", "--json", "--input", short, long))
            self.assertEqual(line, {"texts": 4, "bytes": 424, "tokens": 106, "files": [
                {"file": str(short), "texts": 3, "bytes": 24, "tokens": 6},
                {"file": str(long), "texts": 1, "bytes": 400, "tokens": 100}]})
        self.assertEqual(self.tokens('{"t": "the fox"}\n{"t": "fox"}\n', "--count", "--format", "jsonl", "--field", "t"), ["3 -"])

    def test_counts_what_is_larger_than_it_tokenizes_at_once(self):
        lines = 300_000  # of 20 bytes: several times the few megabytes that are in memory
        for threads in (1, 3):
            self.assertEqual(self.tokens("the fox the river a\n" * lines, "--count", "--threads", threads), [f"{5 * lines} -"])
        self.assertEqual(self.tokens("\n" * 5_000_000, "--count", "--special-tokens"), ["10000000 -"])

    def test_goes_back_from_ids(self):
        texts = "the river bank.\n\nsearching\n"
        rows = list(map(json.loads, self.tokens(texts, "--json")))
        spellings = {
            "words": "".join(" ".join(map(str, row["ids"])) + "\n" for row in rows),
            "blanks": "".join("\t " + "  ".join(map(str, row["ids"])) + " \r\n" for row in rows),
            "lists": "".join(json.dumps(row["ids"]) + "\n" for row in rows),
            "objects": "".join(json.dumps(row) + "\n" for row in rows),
        }
        for name, ids in spellings.items():
            self.assertEqual(self.tokens(ids, "--decode"), ["the river bank .", "", "search ##ing"], name)  # the file has no decoder
            self.assertEqual(self.tokens(ids, "--decode", "--special-tokens"),
                             ["[CLS] the river bank . [SEP]", "[CLS] [SEP]", "[CLS] search ##ing [SEP]"], name)
        self.assertEqual(list(map(json.loads, self.tokens(spellings["lists"], "--decode", "--json"))),
                         [{"text": "the river bank ."}, {"text": ""}, {"text": "search ##ing"}])
        self.assertEqual(self.tokens("\n4000000000\n", "--decode"), ["", ""])  # the vocabulary has no such token
        tokenizer = MODEL.parents[1] / "tokenizers" / "bpe_bytes.json"
        text = "the\r\n caf\u00e9"
        _, ids, _ = self.run_program("--model", tokenizer, "--json", "--format", "jsonl", "--field", "t", input=json.dumps({"t": text}))
        code, output, words = self.run_program("--model", tokenizer, "--decode", "--json", input=ids)
        self.assertEqual((code, json.loads(output)["text"], words), (0, text, ""))

    def test_names_the_line_of_what_is_no_id(self):
        for wrong in ("fox", "-1", "1.5", "4294967296", "1,2", "[1", "[1, -2]", "[1.5]", '["a"]', "[4294967296]", "{}", '{"ids": 1}', "[[1]]"):
            words = self.refused("--model", MODEL, "--decode", input=f"1 2\n{wrong}\n", output="".join(self.tokens("1 2\n", "--decode")) + "\n")
            self.assertIn("standard input: line 2: ", words, wrong)

    def test_tells_misuse_from_failure(self):
        self.refused(code=2)
        for wrong in (["--count", "--decode"], ["--count", "--no-truncate"], ["--decode", "--format", "jsonl"], ["--special-tokens"]):
            self.refused("--model", MODEL, *wrong, code=2)
        self.refused("--model", MODEL, "--format", "xml", code=2)
        self.refused("--model", MODEL, "--format", "jsonl", code=2)


if __name__ == "__main__":
    unittest.main()
