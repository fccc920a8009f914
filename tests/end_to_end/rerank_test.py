"""kindred rerank as people use it, on good input and bad.

The program's path comes in the variable KINDRED; the models are the tiny ones of the golden fixtures.
"""

import json
import os
import pathlib
import subprocess
import unittest

PROGRAM = os.environ["KINDRED"]
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "golden" / "fixtures"
MODEL = FIXTURES / "rerankers" / "bert"
PAIRS = json.loads((FIXTURES / "rerankers" / "pairs.json").read_text())


class RerankTest(unittest.TestCase):
    def run_program(self, *arguments):
        done = subprocess.run([PROGRAM, "rerank", *map(str, arguments)], input="".join(text + "\n" for text in PAIRS["texts"]), text=True,
                              capture_output=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def test_orders_texts_by_their_scores(self):
        code, output, words = self.run_program("--model", MODEL, "--query", PAIRS["query"], "--json")
        self.assertEqual(code, 0, words)
        self.assertEqual(words, "kindred: 1 texts are longer than the model's 40 tokens and were cut\n")
        rows = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(sorted(row["index"] for row in rows), list(range(len(PAIRS["texts"]))))
        self.assertEqual([row["score"] for row in rows], sorted((row["score"] for row in rows), reverse=True))
        for row in rows:
            self.assertEqual(row["text"], PAIRS["texts"][row["index"]])
            self.assertTrue(0 < row["score"] < 1, row)
        code, output, _ = self.run_program("--model", MODEL, "--query", PAIRS["query"], "--top", "2")
        lines = output.splitlines()
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines[0].split("\t")[1], rows[0]["text"].strip())

    def test_late_interaction(self):
        model = FIXTURES / "multi_vector" / "native"
        code, output, words = self.run_program("--model", model, "--query", "the river bank", "--json")
        self.assertEqual(code, 0, words)
        rows = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(sorted(row["index"] for row in rows), list(range(len(PAIRS["texts"]))))
        self.assertEqual([row["score"] for row in rows], sorted((row["score"] for row in rows), reverse=True))
        self.assertIn("this model compares tokens", self.run_program("--model", model, "--query", "a", "--logits")[2])

    def test_names_what_is_wrong(self):
        refused = lambda *arguments: self.run_program("--query", "a", *arguments)
        self.assertIn('has no tensor "bert.pooler.dense.weight"', refused("--model", FIXTURES / "models" / "tiny_bert")[2])
        self.assertIn("label 1 is asked for, the model has 1", refused("--model", MODEL, "--label", "1")[2])
        self.assertEqual(self.run_program("--model", MODEL)[0], 2)


if __name__ == "__main__":
    unittest.main()
