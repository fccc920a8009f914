"""kindred add and kindred search as people use them: killed, stopped, run twice at once, fed bad input.

The program's path comes in the variable KINDRED; the model is the tiny one of the golden fixtures.
"""

import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ["KINDRED"]
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "golden" / "fixtures" / "models"
MODEL = FIXTURES / "tiny_bert"
OTHER_MODEL = FIXTURES / "tiny_bert_cls"
# Words of the tiny model's vocabulary, a token each: the texts fit its window of 32 tokens.
WORDS = (
    "river bank money water boat loan tree fish interest account shore deep quick brown fox jumps over lazy dog cat sat mat search engine "
    "vector word sentence image audio graph table model edit photo network process type learn music play"
).split()


def sentences(count, seed=1):
    """Texts of 3 to 20 words, all different."""
    chance = random.Random(seed)
    return [f"{number} " + " ".join(chance.choices(WORDS, k=chance.randint(3, 20))) for number in range(count)]


class CollectionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("KINDRED_")}
        self.environment["KINDRED_DATA"] = str(self.data)

    def start(self, *arguments, **options):
        return subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=self.folder,
            **options,
        )

    def run_program(self, *arguments, **options):
        process = self.start(*arguments, **options)
        output, words = process.communicate(timeout=300)
        return process.returncode, output, words

    def add(self, collection, *arguments, model=MODEL, **options):
        """The report of a run that must succeed without a word."""
        code, output, words = self.run_program("add", collection, *arguments, "--model", model, "--json", **options)
        self.assertEqual((code, words), (0, ""))
        return json.loads(output)

    def hits(self, collection, query, k=10, *arguments):
        code, output, words = self.run_program("search", collection, query, "--k", k, "--json", *arguments)
        self.assertEqual((code, words), (0, ""))
        return json.loads(output)["hits"]

    def refused(self, *arguments, code=1, **options):
        """The one line of a run that must fail."""
        found, output, words = self.run_program(*arguments, **options)
        self.assertEqual(found, code, words)
        self.assertEqual(output, "")
        if code == 1:
            self.assertTrue(words.startswith("kindred: ") and words.endswith("\n"), words)
            self.assertEqual(words.count("\n"), 1, words)
        return words

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def bytes_stored(self, collection):
        """How much the collection's RocksDB has on disk: grows with every batch."""
        total = 0
        for path in (self.data / collection / "store").glob("*"):
            try:
                total += path.stat().st_size
            except FileNotFoundError:  # removed since it was listed
                pass
        return total

    def wait_for_bytes(self, process, collection, bytes_wanted):
        """Until the store has grown to this, or the process has ended."""
        while process.poll() is None and self.bytes_stored(collection) < bytes_wanted:
            time.sleep(0.0005)

    def test_finds_what_was_added(self):
        texts = sentences(50)
        lines = "".join(json.dumps({"key": f"k{i}", "text": text, "number": i, "tags": ["a", i]}) + "\n"
                        for i, text in enumerate(texts))
        path = self.write("papers.jsonl", lines)
        report = self.add("papers", path, "--id-field", "key")
        self.assertEqual((report["read"], report["added"], report["documents"]), (50, 50, 50))
        for i in (0, 7, 49):
            best, second = self.hits("papers", texts[i], 2)
            self.assertEqual(best["id"], f"k{i}")
            self.assertEqual(best["text"], texts[i])
            self.assertEqual(best["fields"], {"number": i, "tags": ["a", i]})
            self.assertAlmostEqual(best["score"], 1, places=5)
            self.assertLess(second["score"], best["score"])
        # In a pipe: four fields between tabs, a hit a line.
        code, output, words = self.run_program("search", "papers", texts[3], "--k", 1)
        self.assertEqual((code, words), (0, ""))
        score, found, text, fields = output.rstrip("\n").split("\t")
        self.assertEqual((found, text, json.loads(fields)), ("k3", texts[3], {"number": 3, "tags": ["a", 3]}))
        self.assertEqual(score, "1.0000")

    def test_reads_folders_files_and_lines(self):
        self.write("notes/a.md", "about a river")
        self.write("notes/deep/b.txt", "about a stone\nand another line")
        self.write("notes/.hidden/c.txt", "not this")
        self.write("notes/picture.png", b"\x89PNG\0")
        self.write("notes/blank.txt", "\n \n")
        report = self.add("notes", "notes")
        self.assertEqual((report["added"], report["empty"], report["skipped_files"]), (2, 1, 1))
        self.assertEqual(self.hits("notes", "about a river", 1)[0]["id"], "notes/a.md")
        report = self.add("lines", "notes/deep/b.txt", "--lines")
        self.assertEqual(report["added"], 2)
        self.assertEqual(self.hits("lines", "and another line", 1)[0]["id"], "notes/deep/b.txt:2")

    def test_a_second_run_changes_nothing_and_a_changed_document_is_replaced(self):
        path = self.write("t.txt", "\n".join(sentences(700)))
        self.assertEqual(self.add("t", path, "--lines")["added"], 700)
        again = self.add("t", path, "--lines")
        self.assertEqual((again["added"], again["unchanged"], again["documents"]), (0, 700, 700))
        path.write_text(path.read_text().replace("\n5 ", "\nchanged "))
        changed = self.add("t", path, "--lines")
        self.assertEqual((changed["added"], changed["unchanged"], changed["documents"]), (1, 699, 700))

    def test_killed_at_any_moment_it_goes_on_with_nothing_lost_or_doubled(self):
        texts = sentences(3000)
        path = self.write("many.jsonl", "".join(
            json.dumps({"id": f"d{i}", "text": text}) + "\n" for i, text in enumerate(texts)))
        arguments = ("--id-field", "id")
        self.add("whole", path, *arguments)
        size_of_whole = self.bytes_stored("whole")
        chance = random.Random(7)
        there = 0
        for _ in range(8):
            grown = self.bytes_stored("killed") + chance.randint(0, size_of_whole // 4)
            process = self.start("add", "killed", path, *arguments, "--model", MODEL)
            self.wait_for_bytes(process, "killed", grown)
            process.kill()
            process.communicate()
            code, output, words = self.run_program("search", "killed", "river", "--k", 10000, "--json")
            if code != 0:
                self.assertIn("there is no collection", words)
                self.assertEqual(there, 0)
                continue
            found = [hit["id"] for hit in json.loads(output)["hits"]]
            self.assertEqual(len(found), len(set(found)))
            self.assertGreaterEqual(len(found), there, "what was acknowledged is gone")
            # The batches that were done are there and nothing else.
            self.assertEqual(set(found), {f"d{i}" for i in range(len(found))})
            self.assertTrue(len(found) % 512 == 0 or len(found) == len(texts), len(found))
            there = len(found)
        report = self.add("killed", path, *arguments)
        self.assertEqual(report["documents"], len(texts))
        self.assertEqual((report["unchanged"], report["added"]), (there, len(texts) - there))
        for query in ("river boat", "the money of a lazy dog", texts[1234]):
            self.assertEqual(self.hits("killed", query, 3000), self.hits("whole", query, 3000))

    def test_ctrl_c_stops_in_good_order(self):
        texts = sentences(20000)
        path = self.write("many.txt", "\n".join(texts))
        process = self.start("add", "stopped", path, "--lines", "--model", MODEL)
        self.wait_for_bytes(process, "stopped", 1 << 20)
        process.send_signal(signal.SIGINT)
        output, words = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(output, "")
        self.assertIn("kindred: stopped", words)
        found = self.hits("stopped", "river", 20000)
        self.assertTrue(0 < len(found) < len(texts))
        self.assertEqual(len(found) % 512, 0)

    def test_one_writer_and_any_readers(self):
        few = self.write("few.txt", "\n".join(sentences(10)))
        self.add("c", few, "--lines")
        many = self.write("many.txt", "\n".join(sentences(20000, seed=2)))
        writer = self.start("add", "c", many, "--lines", "--model", MODEL)
        self.wait_for_bytes(writer, "c", 1 << 20)
        writer.send_signal(signal.SIGSTOP)
        try:
            words = self.refused("add", "c", few, "--lines", "--model", MODEL)
            self.assertIn('collection "c" is being written by another process', words)
            self.assertGreaterEqual(len(self.hits("c", "river stone", 20010)), 10)
        finally:
            writer.send_signal(signal.SIGCONT)
            writer.kill()
            writer.communicate()
        self.add("c", few, "--lines")

    def test_another_model_is_refused_by_name(self):
        path = self.write("t.txt", "\n".join(sentences(5)))
        self.add("c", path, "--lines")
        words = self.refused("add", "c", path, "--lines", "--model", OTHER_MODEL)
        self.assertIn('collection "c" was made with', words)
        self.assertIn(str(MODEL), words)
        self.assertIn(str(OTHER_MODEL), words)
        self.assertIn("was made with", self.refused("search", "c", "river", "--model", OTHER_MODEL))

    def test_documents_and_questions_get_the_prompts_of_the_model(self):
        model = self.folder / "model"
        shutil.copytree(MODEL, model)
        (model / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "search: ", "document": "table "}}))
        text, question = "the river bank", "deep water"
        self.add("c", self.write("t.txt", text), "--lines", model=model)
        _, output, _ = self.run_program("similarity", "--model", MODEL, "--json", f"table {text}", f"search: {question}")
        self.assertAlmostEqual(self.hits("c", question)[0]["score"], json.loads(output)["similarity"][0][1], places=5)

    def test_a_model_that_moved_is_named_and_found_again(self):
        model = self.folder / "model"
        shutil.copytree(MODEL, model)
        path = self.write("t.txt", "\n".join(sentences(5)))
        self.add("c", path, "--lines", model="model")
        expected = self.hits("c", "river")
        model.rename(self.folder / "moved")
        self.assertIn(str(model), self.refused("search", "c", "river"))
        self.assertEqual(self.hits("c", "river", 10, "--model", "moved"), expected)

    def test_a_damaged_cache_costs_no_answers(self):
        path = self.write("t.txt", "\n".join(sentences(300)))
        self.add("c", path, "--lines")
        expected = self.hits("c", "river stone", 300)
        (cache,) = (self.data / "c" / "cache").iterdir()
        whole = cache.read_bytes()
        chance = random.Random(3)
        for _ in range(10):
            place = chance.randrange(len(whole))
            cache.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1:])
            self.assertEqual(self.hits("c", "river stone", 300), expected, place)
        for length in (0, 1, len(whole) // 2, len(whole) - 1):
            cache.write_bytes(whole[:length])
            self.assertEqual(self.hits("c", "river stone", 300), expected, length)
        shutil.rmtree(self.data / "c" / "cache")
        self.assertEqual(self.hits("c", "river stone", 300), expected)

    def test_a_disk_that_refuses_leaves_what_was_acknowledged(self):
        def small_files():  # a write past this fails, as on a full disk
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

        path = self.write("t.txt", "\n".join(sentences(5000)))
        words = self.refused("add", "c", path, "--lines", "--model", MODEL, preexec_fn=small_files)
        self.assertIn('collection "c": cannot write', words)
        there = len(self.hits("c", "river", 5000))
        self.assertTrue(0 < there < 5000 and there % 512 == 0, there)
        report = self.add("c", path, "--lines")
        self.assertEqual((report["unchanged"], report["documents"]), (there, 5000))

    def test_bad_input_is_named_in_one_line(self):
        good = json.dumps({"id": "good", "text": "a river"}) + "\n"
        for line, expected in (
            ('{"id": "a", "text": ', "line 2"),
            ('{"id": "a"}', "text"),
            ('{"text": "a"}', "id"),
            ('{"id": "a", "text": ["b"]}', "text"),
            ("[" * 100000, "line 2"),
            ('{"id": "a", "text": "b\x07"}', "line 2"),
        ):
            path = self.write("broken.jsonl", good + line + "\n")
            words = self.refused("add", "c", path, "--id-field", "id", "--model", MODEL)
            self.assertIn("broken.jsonl: line 2", words)
            self.assertIn(expected, words)
        self.assertEqual([hit["id"] for hit in self.hits("c", "river")], ["good"])
        self.assertIn("missing.txt", self.refused("add", "c", "missing.txt", "--model", MODEL))
        self.assertIn("is not text", self.refused("add", "c", self.write("b.bin", b"a\0b"), "--model", MODEL))
        self.assertIn("no model", self.refused("add", "c", path, "--model", self.folder / "nothing"))
        self.assertIn("can't be the name", self.refused("add", "../c", path, "--model", MODEL))
        self.assertIn("--model", self.refused("add", "fresh", path))
        self.assertIn('no collection "nobody"', self.refused("search", "nobody", "river"))
        self.refused("add", "c", code=2)
        self.refused("search", "c", "river", "--k", "0", code=2)
        self.refused("search", "c", "river", "--k", "many", code=2)
        self.assertFalse((self.data / "nobody").exists())
        self.assertFalse((self.data / "fresh").exists())

    def test_strange_texts_follow_the_documented_rules(self):
        path = self.write("t.txt", b"good line\n\n\xff\xfe bad bytes\n" + b"word " * 20000 + b"\n" + b"nul \0 inside, late\n")
        # A NUL early in a file means that it is not text; here the long line keeps it out of the first 8 KiB.
        report = self.add("t", path, "--lines")
        self.assertEqual((report["added"], report["empty"], report["truncated"]), (4, 1, 1))
        found = {hit["id"].rsplit(":", 1)[1]: hit["text"] for hit in self.hits("t", "bad bytes")}
        self.assertEqual(found["3"], "\ufffd\ufffd bad bytes")
        self.assertEqual(found["5"], "nul \0 inside, late")
        empty = self.write("empty.txt", "")
        self.assertEqual(self.add("t", empty, "--lines")["read"], 0)
        self.assertEqual(self.add("t", empty)["empty"], 1)


if __name__ == "__main__":
    unittest.main()
