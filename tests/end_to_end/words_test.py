"""kindred words as people use it, on good input and bad. The program's path comes in the variable KINDRED."""

import gzip
import json
import lzma
import os
import pathlib
import random
import resource
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM = os.environ["KINDRED"]
# A sanitizer takes terabytes of addresses.
SANITIZED = any(library in pathlib.Path(PROGRAM).read_bytes() for library in (b"libasan.so", b"libtsan.so"))
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "golden" / "fixtures" / "words"


def planted_text():
    """Sentences of words of one topic each."""
    chance = random.Random(1)
    return "".join(" ".join(f"t{topic}_{chance.randrange(20)}" for _ in range(12)) + "\n"
                   for topic in (chance.randrange(5) for _ in range(4000)))


class WordsTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.text = self.folder / "text.txt"
        self.text.write_text(planted_text())

    def run_program(self, *arguments, **options):
        done = subprocess.run([PROGRAM, "words", *map(str, arguments)], text=True, capture_output=True, timeout=120, **options)
        return done.returncode, done.stdout, done.stderr

    def train(self, name, *arguments, **options):
        path = self.folder / name
        code, _, words = self.run_program("train", "--output", path, "--dimensions", 20, "--sample", 0, *arguments, **options)
        self.assertEqual(code, 0, words)
        return path

    def test_learns_asks_and_converts(self):
        for algorithm in ("skip-gram", "cbow", "glove", "spectral"):
            vectors = self.train("words.bin", "--input", self.text, "--algorithm", algorithm, "--learning-rate", 0.05)
            code, output, _ = self.run_program("nearest", vectors, "t3_7", "--json", "-k", 5)
            self.assertEqual(code, 0)
            self.assertEqual({hit["word"][:2] for hit in json.loads(output)}, {"t3"})
        code, output, _ = self.run_program("nearest", vectors, "t1_1 + t1_2 - t2_1", "-k", 3)
        self.assertEqual(code, 0)
        self.assertEqual({line.split()[1][:2] for line in output.splitlines()}, {"t1"})
        text = self.folder / "words.txt"
        self.assertEqual(self.run_program("convert", vectors, text, "--format", "text")[0], 0)
        self.assertTrue(text.read_text().startswith("100 20\n"))
        back = self.folder / "back.bin"
        self.assertEqual(self.run_program("convert", text, back, "--format", "binary")[0], 0)
        self.assertEqual(back.read_bytes(), vectors.read_bytes())

    def test_parts_of_words_are_learned_and_kept(self):
        model = self.train("fasttext.bin", "--input", self.text, "--max-ngram", 4, "--buckets", 500)
        code, output, _ = self.run_program("nearest", model, "t3_unseen", "-k", 3)
        self.assertEqual(code, 0)
        self.assertEqual({line.split()[1][:2] for line in output.splitlines()}, {"t3"})
        code, output, _ = self.run_program("ngrams", model, "t3_7")
        self.assertEqual([line.split()[0] for line in output.splitlines()], ["t3_7", "<t3", "<t3_", "t3_", "t3_7", "3_7", "3_7>", "_7>"])
        plain = self.folder / "plain.vec"
        self.assertEqual(self.run_program("convert", model, plain, "--format", "text")[0], 0)
        self.assertEqual(self.run_program("nearest", plain, "t3_unseen")[0], 1)
        self.assertIn("no vectors of parts", self.run_program("ngrams", plain, "t3_7")[2])

    def test_compares_explores_and_draws(self):
        vectors = self.train("words.bin", "--input", self.text, "--learning-rate", 0.05)
        code, output, _ = self.run_program("similarity", vectors, "t1_1 + t1_2", "t1_3")
        self.assertEqual(code, 0)
        self.assertGreater(float(output), float(self.run_program("similarity", vectors, "t1_1 + t1_2", "t2_3")[1]))
        self.assertEqual(self.run_program("odd", vectors, "t1_1", "t1_2", "t4_5", "t1_3")[1], "t4_5\n")
        self.assertEqual(self.run_program("odd", vectors, "t1_1")[0], 1)
        code, output, _ = self.run_program("explore", vectors, "-k", 2, input="t2_1\n\nnowhere\nt3_1 + t3_2\n")
        self.assertEqual(code, 0)
        lines = output.splitlines()
        self.assertEqual([line.split()[1][:2] for line in lines[:2] + lines[3:]], ["t2", "t2", "t3", "t3"])
        self.assertIn('no vector of "nowhere"', lines[2])
        picture = self.folder / "words.svg"
        code, _, words = self.run_program("plot", vectors, "--words", "t1_1", "t2_2", "--arrows", "t1_3:t2_3", "t1_4:t2_4", "--output", picture)
        self.assertEqual(code, 0, words)
        root = xml.etree.ElementTree.parse(picture).getroot()
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertEqual(set(texts[1:]), {"t1_1", "t2_2", "t1_3", "t2_3", "t1_4", "t2_4"})
        self.assertEqual(self.run_program("plot", vectors, "--words", "t1_1", "--output", picture)[0], 1)
        self.assertEqual(self.run_program("plot", vectors, "--arrows", "t1_1", "--output", picture)[0], 2)

    def test_many_are_asked_at_once(self):
        vectors = self.train("words.bin", "--input", self.text, "--learning-rate", 0.05)
        queries = self.folder / "queries.txt"
        queries.write_text("t1_1\nt2_1 + t2_2 - t3_1\n")
        for index in ("flat", "hnsw"):
            code, output, words = self.run_program("nearest", vectors, "--input", queries, "--index", index, "-k", 3, "--json")
            self.assertEqual(code, 0, words)
            for line in output.splitlines():
                line = json.loads(line)
                alone = json.loads(self.run_program("nearest", vectors, line["query"], "-k", 3, "--json")[1])
                self.assertEqual([hit["word"] for hit in line["nearest"]], [hit["word"] for hit in alone])
        queries.write_text("t1_1\nnowhere\n")
        self.assertIn('queries.txt: line 2: there is no vector of "nowhere"', self.run_program("nearest", vectors, "--input", queries)[2])
        self.assertEqual(self.run_program("nearest", vectors)[0], 2)

    def test_is_a_model_of_texts(self):
        vectors = self.train("words.bin", "--input", self.text, "--learning-rate", 0.05)
        weighted = self.folder / "weighted.bin"
        code, _, words = self.run_program("sif", vectors, weighted, "--texts", self.text)
        self.assertEqual(code, 0, words)
        texts = self.folder / "texts.txt"
        texts.write_text("t1_1 t1_2 t1_3\nT2_1, t2_2!\nt3_1 t3_2\n")
        for model in (vectors, weighted):
            data = ("--data", self.folder / model.name.replace(".", "_"))
            for arguments in (("add", "texts", texts, "--lines", "--model", model, *data), ("search", "texts", "t2_9 t2_4", "--k", 1, "--json", *data)):
                done = subprocess.run([PROGRAM, *map(str, arguments)], text=True, capture_output=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("T2_1, t2_2!", done.stdout)

    def test_joins_phrases(self):
        text, joined = self.folder / "cities.txt", self.folder / "joined.txt"
        text.write_text("".join(f"x{i % 37} new york y{i % 29} z{i % 23}\n" for i in range(400)))
        self.assertEqual(self.run_program("phrases", "--input", text, "--output", joined, "--threshold", 3)[0], 0)
        self.assertTrue(joined.read_text().startswith("x0 new_york y0 z0\nx1 new_york"))

    def test_packed_text_and_repeated_runs_give_the_same(self):
        packed, tight = self.folder / "text.gz", self.folder / "text.xz"
        packed.write_bytes(gzip.compress(self.text.read_bytes()))
        tight.write_bytes(lzma.compress(self.text.read_bytes()))
        found = {self.train(f"{path.name}.bin", "--input", path, "--deterministic", "--epochs", 1).read_bytes()
                 for path in (self.text, packed, tight, self.text)}
        self.assertEqual(len(found), 1)

    def test_evaluates(self):
        expected = json.loads((FIXTURES / "expected.json").read_text())
        code, output, _ = self.run_program("evaluate", FIXTURES / "binary.bin", "--analogies", FIXTURES / "questions.txt",
                                           "--similarity", FIXTURES / "pairs.tsv", "--json")
        self.assertEqual(code, 0)
        found = json.loads(output)
        self.assertEqual(found["analogies"][0]["total"]["correct"], expected["analogies"][-1]["correct"])
        self.assertAlmostEqual(found["similarity"][0]["spearman"], expected["spearman"], 9)
        code, output, _ = self.run_program("evaluate", FIXTURES / "binary.bin", "--analogies", FIXTURES / "questions.txt")
        self.assertIn("20 of 32 right, 1 left out", output)

    @unittest.skipIf(SANITIZED, "a sanitizer takes more addresses than the limit")
    def test_memory_does_not_grow_with_the_text(self):
        large = self.folder / "large.txt"
        with large.open("wb") as file:
            for _ in range(100):
                file.write(self.text.read_bytes())  # 35 MB
        limit = 400 << 20  # of addresses: the program, its libraries and stacks, and no room for a corpus of any size
        self.train("words.bin", "--input", large, "--epochs", 1, "--threads", 1,
                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))

    def test_names_what_is_wrong(self):
        refused = lambda *arguments: self.run_program(*arguments)[::2]
        output = ("--output", self.folder / "x.bin")
        empty = self.folder / "empty"
        empty.write_bytes(b" \n")
        noise = self.folder / "noise"
        noise.write_bytes(random.Random(2).randbytes(200_000))
        self.assertEqual(refused("train", "--input", empty, *output), (1, "kindred: there is no word in the text\n"))
        self.assertIn("cannot open", refused("train", "--input", self.folder / "none", *output)[1])
        self.assertEqual(refused("train", "--input", self.text, "--algorithm", "glow", *output)[0], 2)
        self.assertEqual(refused("train", "--input", self.text, "--negative", 64, *output),
                         (1, "kindred: 64 drawn words, 1 to 63 are possible\n"))
        self.assertEqual(self.run_program("train", "--input", noise, "--min-count", 1, *output)[0], 0)
        self.assertIn('there is no vector of "nowhere"', refused("nearest", FIXTURES / "text.vec", "nowhere")[1])
        self.assertEqual(refused("evaluate", FIXTURES / "text.vec")[0], 2)
        self.assertIn("has no word vectors in it", refused("nearest", self.text, "a")[1])
        self.assertFalse((self.folder / "x.bin.part").exists())


if __name__ == "__main__":
    unittest.main()
