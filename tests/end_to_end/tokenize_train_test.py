"""kindred tokenize train as people use it: the file that it writes, what it refuses. The program's path comes in the variable KINDRED."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["KINDRED"]
TEXT = "The lowest, lower and low caf\u00e9s.\nslower slow slowest\n" * 50


class TokenizeTrainTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.corpus, self.output = self.folder / "corpus.txt", self.folder / "tokenizer.json"
        self.corpus.write_text(TEXT, encoding="utf-8")

    def run_program(self, *arguments, input=""):
        return subprocess.run([PROGRAM, "tokenize", *map(str, arguments)], input=input.encode(), capture_output=True, timeout=60)

    def test_writes_a_tokenizer_that_tokenize_reads(self):
        done = self.run_program("train", "wordpiece", "--input", self.corpus, "--vocabulary-size", 60, "--output", self.output)
        self.assertEqual((done.returncode, done.stdout), (0, b""), done.stderr)
        self.assertIn(b"a wordpiece vocabulary", done.stderr)
        self.assertEqual(json.loads(self.output.read_text())["model"]["type"], "WordPiece")
        tokens = self.run_program("--model", self.output, input="Slower CAFES!\n").stdout.decode()
        self.assertEqual(tokens, "[CLS] slower cafes [UNK] [SEP]\n")

    def test_reads_standard_input_and_special_tokens(self):
        done = self.run_program("train", "wordpiece", "--input", "-", "--output", self.output, "--cased", "--special-token", "[SEP]",
                                "--special-token", "[CLS]", "--special-token", "[UNK]", input=TEXT)
        self.assertEqual(done.returncode, 0, done.stderr)
        vocabulary = json.loads(self.output.read_text())["model"]["vocab"]
        self.assertEqual([vocabulary[token] for token in ("[SEP]", "[CLS]", "[UNK]")], [0, 1, 2])
        self.assertIn("The", vocabulary)

    def test_refuses_what_makes_no_vocabulary(self):
        for arguments, code, part in (
                (("train", "sentencepiece", "--input", self.corpus, "--output", self.output), 2, "wordpiece, bpe, unigram"),
                (("train", "wordpiece", "--input", self.folder / "missing", "--output", self.output), 1, "missing"),
                (("train", "wordpiece", "--input", self.corpus, "--vocabulary-size", 3, "--output", self.output), 1, "no room"),
                (("train", "wordpiece", "--input", self.corpus), 2, "--output"),
                (("train", "wordpiece", "--input", self.corpus, "--output", self.folder / "none" / "x.json"), 1, "none"),
                ((), 2, "--model")):
            done = self.run_program(*arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(part, done.stderr.decode())
        self.assertFalse(self.output.exists())


if __name__ == "__main__":
    unittest.main()
