"""kindred embed, similarity and model show as people use them, on good input and bad.

The program's path comes in the variable KINDRED; the models are the tiny ones of the golden fixtures.
"""

import array
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ["KINDRED"]
MODELS = pathlib.Path(__file__).resolve().parents[1] / "golden" / "fixtures" / "models"
MODEL = MODELS / "tiny_bert"
TEXTS = json.loads((MODEL / "expected" / "texts.json").read_text())


def read_npy(path):
    """Shape and values of a float32 .npy file of version 1.0."""
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00", data[:8]
    (size,) = struct.unpack("<H", data[8:10])
    header = data[10:10 + size].decode()
    assert "'<f4'" in header and "'fortran_order': False" in header, header
    shape = tuple(int(number) for number in re.search(r"\(([^)]*)\)", header)[1].replace(",", " ").split())
    values = array.array("f", data[10 + size:])
    return shape, values


class EmbedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("KINDRED_")}

    def run_program(self, *arguments, input="", **options):
        if isinstance(input, str):
            input = input.encode()
        done = subprocess.run([PROGRAM, *map(str, arguments)], input=input, capture_output=True, cwd=self.folder,
                              env=self.environment, timeout=120, **options)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def refused(self, *arguments, code=1, **options):
        """The one line of a run that must fail."""
        found, output, words = self.run_program(*arguments, **options)
        self.assertEqual((found, output), (code, ""), words)
        if code == 1:
            self.assertTrue(words.startswith("kindred: "), words)
            self.assertEqual(words.count("\n"), 1, words)
        return words

    def embed(self, texts, *arguments, model=MODEL):
        """Shape and values for texts, through JSON Lines, so that a text may hold anything."""
        lines = "".join(json.dumps({"t": text}) + "\n" for text in texts)
        output = self.folder / "embedded.npy"
        code, printed, words = self.run_program("embed", "--model", model, "--format", "jsonl", "--field", "t", "--output", output,
                                                "--json", *arguments, input=lines)
        self.assertEqual((code, words), (0, ""))
        return *read_npy(output), json.loads(printed)

    def copy_of_model(self, source=MODEL):
        copy = self.folder / "model"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy)
        return copy

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_vectors_are_those_of_sentence_transformers(self):
        for model in (MODEL, MODELS / "tiny_bert_cls"):
            expected_shape, expected = read_npy(model / "expected" / "vectors.npy")
            shape, values, summary = self.embed(TEXTS, model=model)
            self.assertEqual(shape, expected_shape)
            self.assertLess(max(abs(a - b) for a, b in zip(values, expected)), 1e-5)
            self.assertEqual((summary["texts"], summary["dimensions"], summary["truncated"]), (len(TEXTS), 32, 1))
            self.assertGreater(summary["tokens"], 0)

    def test_a_text_has_the_same_bytes_alone_and_at_any_number_of_threads(self):
        texts = TEXTS + [f"bank {i} " * (i % 9) for i in range(100)]
        _, together, _ = self.embed(texts, "--threads", 1)
        _, with_two, _ = self.embed(texts, "--threads", 2)
        self.assertEqual(together, with_two)
        for i in (0, 5, 50, 107):
            _, alone, _ = self.embed([texts[i]])
            self.assertEqual(alone, together[32 * i:32 * (i + 1)])

    def test_reads_lines_csv_and_tsv(self):
        (self.folder / "a.txt").write_bytes(b"the river\r\n\nthe bank")
        (self.folder / "a.csv").write_text('n,t\n1,the river\n2,""\n3,"the bank"\n')
        (self.folder / "a.tsv").write_text("t\tn\nthe river\t1\n\t2\nthe bank\t3\n")
        _, expected, _ = self.embed(["the river", "", "the bank"])
        for name, arguments in (("a.txt", ()), ("a.csv", ("--format", "csv", "--field", "t")),
                                ("a.tsv", ("--format", "tsv", "--field", "t"))):
            code, output, words = self.run_program("embed", "--model", MODEL, "--input", name, "--output", "v.npy", *arguments)
            self.assertEqual((code, output), (0, ""), words)
            self.assertEqual(read_npy(self.folder / "v.npy"), ((3, 32), expected), name)

    def test_prints_vectors_where_no_output_is_named(self):
        _, expected, _ = self.embed(["the river"])
        code, output, words = self.run_program("embed", "--model", MODEL, input="the river\n")
        self.assertEqual((code, words), (0, ""))
        self.assertEqual(array.array("f", map(float, output.split())), expected)
        code, output, _ = self.run_program("embed", "--model", MODEL, "--json", input="the river\n")
        self.assertEqual(array.array("f", json.loads(output)["vector"]), expected)

    def test_normalisation_can_be_left_out(self):
        squares = lambda values: sum(value * value for value in values)
        self.assertAlmostEqual(squares(self.embed(["the river"])[1]), 1, places=5)
        self.assertGreater(abs(squares(self.embed(["the river"], "--no-normalize")[1]) - 1), 0.1)

    def test_prompts_and_fewer_dimensions(self):
        copy = self.copy_of_model()
        prompts = {"query": "search: ", "document": "", "other": "fox "}
        (copy / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
        embed = lambda text, *options: self.embed([text], *options, model=copy)[1]
        plain = embed("the river")
        self.assertEqual(embed("the river", "--role", "query"), embed("search: the river"))
        self.assertEqual(embed("the river", "--role", "document"), plain)
        self.assertEqual(embed("the river", "--prompt-name", "other"), embed("fox the river"))
        self.assertEqual(embed("the river", "--prompt", "water "), embed("water the river"))
        self.assertEqual(embed("the river", "--dimensions", "5"), plain[:5])
        run = lambda *options: self.refused("embed", "--model", copy, *options, input="the river\n")
        self.assertIn('no prompt "nothing", its prompts are: document, other, query', run("--prompt-name", "nothing"))
        self.assertIn("33 dimensions are asked for, the model's vectors have 32", run("--dimensions", "33"))
        self.refused("embed", "--model", copy, "--role", "query", "--prompt", "a", code=2)
        self.refused("embed", "--model", copy, "--dimensions", "0", code=2)
        _, output, _ = self.run_program("model", "show", copy)
        self.assertIn('query: "search: "', output)
        self.assertNotEqual(json.loads(self.run_program("model", "show", copy, "--json")[1])["hash"],
                            json.loads(self.run_program("model", "show", MODEL, "--json")[1])["hash"])

    def test_words_in_their_contexts(self):
        run = lambda *options: self.run_program("embed", "--model", MODEL, *options, input="the river bank\nmoney, banks\n")
        code, output, words = run("--tokens", "words")
        self.assertEqual((code, words), (0, ""))
        rows = [json.loads(line) for line in output.splitlines()]
        self.assertEqual([(row["text"], row["begin"], row["end"], row["word"]) for row in rows],
                         [(0, 0, 3, "the"), (0, 4, 9, "river"), (0, 10, 14, "bank"), (1, 0, 5, "money"), (1, 5, 6, ","), (1, 7, 12, "banks")])
        self.assertTrue(all(len(row["vector"]) == 32 for row in rows))
        code, output, words = run("--tokens", "tokens", "--last-layers", "2", "--output", "t.npy")
        self.assertEqual((code, words), (0, ""))
        rows = [json.loads(line) for line in output.splitlines()]
        self.assertEqual([row["token"] for row in rows], ["the", "river", "bank", "money", ",", "bank", "s"])
        self.assertEqual(read_npy(self.folder / "t.npy")[0], (7, 32))
        self.assertIn("layer 7 is asked for, the model has 2",
                      self.refused("embed", "--model", MODEL, "--tokens", "words", "--layer", "7", input="a\n"))
        self.refused("embed", "--model", MODEL, "--layer", "1", code=2)
        for option in (["--role", "query"], ["--no-normalize"], ["--dimensions", "4"]):
            self.refused("embed", "--model", MODEL, "--tokens", "words", *option, code=2)

    def test_sparse_vectors(self):
        model = MODELS.parent / "sparse" / "bert"
        code, output, words = self.run_program("embed", "--model", model, "--sparse", input="the river bank\n\n")
        self.assertEqual((code, words), (0, ""))
        rows = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(len(rows), 2)
        for row in rows:
            self.assertTrue(len(row["ids"]) == len(row["tokens"]) == len(row["weights"]) > 0)
            self.assertEqual(row["weights"], sorted(row["weights"], reverse=True))
        for option in (["--tokens", "words"], ["--output", "s.npy"], ["--dimensions", "4"], ["--prompt", "a"]):
            self.refused("embed", "--model", model, "--sparse", *option, code=2)
        self.assertIn("of which Kindred makes sparse vectors", self.refused("embed", "--model", MODEL, "--sparse", input="a\n"))

    def test_a_model_in_one_file(self):
        folder = MODELS.parent / "gguf"
        shape, values, _ = self.embed(["the river bank"], model=folder / "bert_q8_0.gguf")
        self.assertEqual(shape, (1, 32))
        self.assertAlmostEqual(sum(value * value for value in values), 1, places=5)
        self.assertIn('"tokenizer.ggml.model" is missing', self.refused("model", "show", folder / "blocks.gguf"))

    def test_masks_are_filled(self):
        model = MODELS.parent / "sparse" / "bert"
        run = lambda *options, input: self.run_program("fill", "--model", model, *options, input=input)
        code, output, words = run("--top", "2", input="the [MASK] of a river\nnone\n[MASK]\n")
        self.assertEqual((code, words), (0, ""))
        rows = [line.split("\t") for line in output.splitlines()]
        self.assertEqual([row[0] for row in rows], ["0", "0", "2", "2"])
        self.assertTrue(all(0 < float(row[1]) < 1 for row in rows))
        code, output, _ = run("--json", input="the [MASK] of a river\n")
        line = json.loads(output)
        self.assertEqual((line["begin"], line["end"], len(line["tokens"])), (4, 10, 5))
        self.assertEqual([rows[0][2], rows[1][2]], [token["token"] for token in line["tokens"][:2]])
        self.assertEqual(run(input="none\n"), (0, "", "kindred: no text has the model's mask, [MASK]\n"))

    def test_vectors_of_tokens_for_late_interaction(self):
        model = MODELS.parent / "multi_vector" / "pylate"
        run = lambda *options: self.run_program("embed", "--model", model, "--multi-vector", *options, input="the river, a bank\n")
        code, output, words = run("--role", "document")
        self.assertEqual((code, words), (0, ""))
        row = json.loads(output)
        self.assertEqual(row["tokens"], ["[CLS]", "[unused1]", "the", "river", "a", "bank", "[SEP]"])
        self.assertEqual([len(vector) for vector in row["vectors"]], [16] * 7)
        code, output, _ = run("--role", "query", "--output", "q.npy")
        self.assertEqual(json.loads(output)["tokens"], ["[CLS]", "[unused0]", "the", "river", ",", "a", "bank", "[SEP]"] + 8 * ["[MASK]"])
        self.assertEqual(read_npy(self.folder / "q.npy")[0], (16, 16))
        self.refused("embed", "--model", model, "--multi-vector", "--dimensions", "4", code=2)
        self.assertIn("isn't a late-interaction model", self.refused("embed", "--model", MODEL, "--multi-vector", input="a\n"))

    def test_similarity(self):
        texts = ["the river", "the bank", "a dog"]
        code, output, words = self.run_program("similarity", "--model", MODEL, "--json", *texts)
        self.assertEqual((code, words), (0, ""))
        found = json.loads(output)
        self.assertEqual(found["texts"], texts)
        for i in range(3):
            self.assertAlmostEqual(found["similarity"][i][i], 1, places=6)
            for j in range(3):
                self.assertEqual(found["similarity"][i][j], found["similarity"][j][i])
        self.assertLess(found["similarity"][0][2], 0.999)
        code, output, _ = self.run_program("similarity", "--model", MODEL, *texts)
        self.assertEqual(len(output.splitlines()), 3)
        self.assertIn("1.0000", output)
        self.refused("similarity", "--model", MODEL, "one text", code=2)

    def test_model_show(self):
        code, output, _ = self.run_program("model", "show", MODEL, "--json")
        model = json.loads(output)
        self.assertEqual((code, model["family"], model["layers"], model["heads"], model["dimensions"], model["vocabulary"],
                          model["max_tokens"], model["pooling"], model["normalize"]), (0, "bert", 2, 4, 32, 162, 32, "mean", True))
        self.assertRegex(model["hash"], "^[0-9a-f]{16}$")
        copy = self.copy_of_model()
        self.assertEqual(json.loads(self.run_program("model", "show", copy, "--json")[1])["hash"], model["hash"])
        code, output, _ = self.run_program("model", "show", MODEL, "--export-tokens", "t.npy", "--export-positions", "p.npy")
        self.assertRegex(output, r"dimensions +32\n")
        self.assertRegex(output, r"token_table +162 x 32\n")
        self.assertEqual(read_npy(self.folder / "t.npy")[0], (162, 32))
        shape, values = read_npy(self.folder / "p.npy")
        self.assertEqual(shape, (64, 32))
        self.assertTrue(any(values))
        static = MODELS.parent / "static"
        self.assertEqual(self.run_program("model", "show", static / "plain", "--export-tokens", "s.npy")[0], 0)
        self.assertEqual(read_npy(self.folder / "s.npy")[0][1], 12)
        self.assertIn("no table of positions", self.refused("model", "show", static / "plain", "--export-positions", "p.npy"))

    def test_help_and_version(self):
        code, output, _ = self.run_program("help", "embed")
        self.assertEqual(code, 0)
        self.assertIn("Examples:", output)
        self.assertEqual(self.run_program("--version")[0], 0)
        self.assertEqual(self.run_program("help")[0], 0)
        self.refused("embed", "--model", MODEL, "--format", "jsonl", code=2)
        self.refused("embed", "--modle", MODEL, code=2)
        self.refused("fly", code=2)

    def test_a_folder_without_modules_gets_mean_pooling_and_says_so(self):
        copy = self.copy_of_model()
        (copy / "modules.json").unlink()
        code, output, words = self.run_program("embed", "--model", copy, input="the river\n")
        self.assertEqual(code, 0)
        self.assertEqual(words, f"kindred: {copy}: no modules.json, so mean pooling without normalisation\n")

    def test_names_what_is_wrong_with_a_model(self):
        run = lambda model: self.refused("embed", "--model", model, "--output", "v.npy", input="the river\n")
        self.assertIn('no model "nowhere"', run("nowhere"))
        (self.folder / "empty").mkdir()
        self.assertIn("empty/config.json: cannot open", run(self.folder / "empty"))

        copy = self.copy_of_model()
        weights = copy / "model.safetensors"
        whole = weights.read_bytes()
        for size in (0, 7, 100, len(whole) - 4):
            weights.write_bytes(whole[:size])
            self.assertIn("model.safetensors: ", run(copy))
        weights.write_bytes(struct.pack("<Q", 1 << 62) + whole[8:])
        self.assertIn("model.safetensors: ", run(copy))
        weights.write_bytes(whole)

        tokenizer = copy / "tokenizer.json"
        json_text = tokenizer.read_text()
        tokenizer.write_text(json_text.replace('"WordPiece"', '"Magic"', 1))
        self.assertRegex(run(copy), r'tokenizer.json: model: the model is "Magic", Kindred has: .*WordPiece')
        tokenizer.write_text("[" * 100000)
        self.assertIn("tokenizer.json: is not valid JSON", run(copy))
        tokenizer.write_text(json_text)

        (copy / "1_Pooling" / "config.json").write_text('{"pooling_mode": "median"}')
        self.assertIn('asks for pooling mode "median", Kindred has: cls, max, mean', run(copy))
        self.assertEqual(self.names(), ["empty", "model"])

    def test_names_what_is_wrong_with_the_input(self):
        run = lambda *arguments, **options: self.refused("embed", "--model", MODEL, "--output", "v.npy", *arguments, **options)
        jsonl = ("--format", "jsonl", "--field", "t")
        self.assertIn("nowhere.txt: cannot open: No such file", run("--input", "nowhere.txt"))
        self.assertRegex(run(*jsonl, input='{"t": "a"}\n{"t": \n'), r"standard input: line 2: ")
        self.assertRegex(run(*jsonl, input='{"t": "a"}\n\n{"u": "b"}\n'), r'standard input: line 3: .*"t"')
        self.assertRegex(run(*jsonl, input=b'{"t": "\xff"}\n'), r"standard input: line 1: ")
        self.assertIn("line 1", run(*jsonl, input="[" * 100000))
        self.assertIn('"t"', run("--format", "csv", "--field", "t", input="a,b\n1,2\n"))
        self.assertEqual(self.names(), [])

    def test_any_text_has_a_vector(self):
        nothing = self.embed([""])[1]
        for text in ("\0", " \t", "\0\r\x1b"):
            self.assertEqual(self.embed([text])[1], nothing, repr(text))
        self.assertEqual(self.embed([])[0], (0, 32))
        shape, values, summary = self.embed(["river " * 200000])
        self.assertEqual((shape, summary["truncated"], summary["tokens"]), ((1, 32), 1, 32))
        # Bytes that are not UTF-8 count as U+FFFD, which the tokenizer drops.
        code, output, _ = self.run_program("embed", "--model", MODEL, input=b"the \xff\xferiver\n")
        self.assertEqual(code, 0)
        self.assertEqual(array.array("f", map(float, output.split())), self.embed(["the river"])[1])

    def test_a_failed_write_leaves_nothing_behind(self):
        texts = "the river\n" * 2000

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        words = self.refused("embed", "--model", MODEL, "--output", "v.npy", input=texts, preexec_fn=small_files)
        self.assertIn("v.npy", words)
        words = self.refused("embed", "--model", MODEL, "--output", "nowhere/v.npy", input=texts)
        self.assertIn("nowhere", words)
        self.assertEqual(self.names(), [])
        (self.folder / "v.npy").write_bytes(b"as it was")
        self.refused("embed", "--model", MODEL, "--output", "v.npy", input=texts, preexec_fn=small_files)
        self.assertEqual((self.folder / "v.npy").read_bytes(), b"as it was")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "embed", "--model", str(MODEL)], input=texts.encode(), stdout=full,
                                  stderr=subprocess.PIPE, env=self.environment, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left on device", done.stderr)

    def test_a_model_that_shrinks_while_it_is_mapped_ends_in_one_line(self):
        copy = self.copy_of_model()
        weights = copy / "model.safetensors"
        process = subprocess.Popen([PROGRAM, "embed", "--model", copy, "--output", self.folder / "v.npy"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)
        # The model is open once the program reads its input; until then its map grows into place.
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if "pipe_read" in self.wait_channel(process.pid) or self.blocked_on_input(process.pid):
                break
            time.sleep(0.001)
        os.truncate(weights, 4096)
        output, words = process.communicate(b"the river bank is deep\n", timeout=60)
        self.assertEqual((process.returncode, output), (1, b""))
        self.assertEqual(words.count(b"\n"), 1, words)
        self.assertIn(b"kindred: a file was cut short while it was being read", words)
        self.assertEqual(self.names(), ["model"])

    @staticmethod
    def wait_channel(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/wchan").read_text()
        except OSError:
            return ""

    @staticmethod
    def blocked_on_input(pid):
        """Whether the process sleeps in a system call whose number is that of read(0, ...)."""
        try:
            fields = pathlib.Path(f"/proc/{pid}/syscall").read_text().split()
        except OSError:
            return False
        return fields[:2] == ["0", "0x0"]


if __name__ == "__main__":
    unittest.main()
