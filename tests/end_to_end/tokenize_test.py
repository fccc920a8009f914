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

    def refused(self, *arguments, code=1, input=b""):
        found, output, words = self.run_program(*arguments, input=input)
        self.assertEqual((found, output), (code, ""), words)
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
            self.assertIn("has no tokenizer.json and no vocab.txt", self.refused("--model", folder, input="a\n"))

    def test_tells_misuse_from_failure(self):
        self.refused(code=2)
        self.refused("--model", MODEL, "--format", "xml", code=2)
        self.refused("--model", MODEL, "--format", "jsonl", code=2)


if __name__ == "__main__":
    unittest.main()
