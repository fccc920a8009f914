"""kindred classify as people use it, on good input and bad. The program's path comes in the variable KINDRED."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["KINDRED"]
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "golden" / "fixtures" / "fasttext"


def labelled_text(seed, count):
    chance = random.Random(seed)
    lines = []
    for _ in range(count):
        topic = chance.randrange(3)
        lines.append(f"__label__{topic} " + " ".join(f"t{topic}_{chance.randrange(30)}" if chance.random() < 0.6 else f"w{chance.randrange(40)}" for _ in range(8)))
    return "\n".join(lines) + "\n"


class ClassifyTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.train_text, self.test_text, self.model = (self.folder / name for name in ("train.txt", "test.txt", "model.bin"))
        self.train_text.write_text(labelled_text(1, 1000))
        self.test_text.write_text(labelled_text(2, 200))

    def run_program(self, *arguments, **options):
        done = subprocess.run([PROGRAM, "classify", *map(str, arguments)], text=True, capture_output=True, timeout=120, **options)
        return done.returncode, done.stdout, done.stderr

    def train(self, *arguments):
        code, _, words = self.run_program("train", "--input", self.train_text, "--output", self.model, "--dimensions", 10, "--learning-rate", 0.5,
                                          "--word-ngrams", 2, "--buckets", 1000, *arguments)
        self.assertEqual(code, 0, words)
        return words

    def precision(self, model):
        code, output, words = self.run_program("evaluate", model, self.test_text, "--json")
        self.assertEqual(code, 0, words)
        return json.loads(output)["precision"]

    def test_learns_predicts_and_shrinks(self):
        for loss in ("softmax", "hs", "ova", "ns"):
            self.train("--loss", loss)
            self.assertGreater(self.precision(self.model), 0.95, loss)
        code, output, _ = self.run_program("predict", self.model, "-k", 2, input="t1_3 w4 t1_8\nt2_2 t2_3\n")
        self.assertEqual(code, 0)
        self.assertEqual([line.split()[0] for line in output.splitlines()], ["__label__1", "__label__2"])
        code, output, _ = self.run_program("predict", self.model, "--json", "--threshold", 0.5, input="t1_3 w4 t1_8\n\n")
        self.assertEqual(json.loads(output.splitlines()[0])[0]["label"], "__label__1")
        small = self.folder / "model.ftz"
        code, _, words = self.run_program("quantize", self.model, small, "--cutoff", 300, "--retrain", self.train_text, "--lengths", "--epochs", 2)
        self.assertEqual(code, 0, words)
        self.assertLess(small.stat().st_size, self.model.stat().st_size / 2)
        self.assertGreater(self.precision(small), 0.9)

    def test_tunes(self):
        words = self.train("--tune", self.test_text, "--tune-seconds", 1)
        self.assertIn("best options: --learning-rate", words)
        self.assertGreater(self.precision(self.model), 0.95)

    def test_reads_models_of_fasttext(self):
        expected = json.loads((FIXTURES / "expected.json").read_text())
        for model in ("softmax.bin", "hs.bin", "pruned.ftz", "whole.ftz"):
            texts = expected[model]["texts"]
            code, output, _ = self.run_program("predict", FIXTURES / model, input="".join(said["text"] + "\n" for said in texts))
            self.assertEqual(code, 0)
            for said, line in zip(texts, output.splitlines(), strict=True):
                label, probability = line.split()
                self.assertEqual(label, said["labels"][0][0])
                self.assertAlmostEqual(float(probability), min(said["labels"][0][1], 1), 4)

    def test_names_what_is_wrong(self):
        plain = self.folder / "plain.txt"
        plain.write_text("no labels here\n")
        code, _, words = self.run_program("train", "--input", plain, "--output", self.model)
        self.assertEqual((code, words.strip()), (1, 'kindred: no text has a label (a word that begins with "__label__")'))
        self.assertFalse(self.model.exists())
        self.assertIn("is no model of fastText", self.run_program("predict", plain, input="")[2])
        self.assertIn("has vectors of words, and no labels", self.run_program("predict", FIXTURES / "skipgram.bin", input="")[2])
        self.assertEqual(self.run_program("train", "--input", plain, "--output", self.model, "--loss", "hinge")[0], 2)
        self.assertEqual(self.run_program("train", "--input", plain)[0], 2)


if __name__ == "__main__":
    unittest.main()
