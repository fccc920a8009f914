"""kindred index and its commands as people use them, with files as NumPy writes them.

The program's path comes in the variable KINDRED.
"""

import json
import math
import os
import pathlib
import random
import struct
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["KINDRED"]


def npy(kind, shape, values):
    """The bytes of a NumPy file; kind is a letter of struct and the name of NumPy's type."""
    letter, name = kind
    header = f"{{'descr': '{name}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}{letter}", *values)


def values_of(path, letter):
    data = path.read_bytes()
    (size,) = struct.unpack("<H", data[8:10])
    body = data[10 + size :]
    return list(struct.unpack(f"<{len(body) // struct.calcsize(letter)}{letter}", body)), data[10 : 10 + size].decode()


class IndexTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_program(self, *arguments):
        done = subprocess.run([PROGRAM, "index", *map(str, arguments)], capture_output=True, text=True, cwd=self.folder, timeout=300)
        return done.returncode, done.stdout, done.stderr

    def succeed(self, *arguments):
        code, output, words = self.run_program(*arguments)
        self.assertEqual(code, 0, words)
        return output

    def fail_with(self, expected, *arguments, code=1):
        actual, output, words = self.run_program(*arguments)
        self.assertEqual(actual, code, words)
        self.assertEqual(output, "")
        self.assertIn(expected, words)
        if code == 1:
            self.assertEqual(len(words.splitlines()), 1, words)

    def vectors(self, name, rows):
        flat = [value for row in rows for value in row]
        (self.folder / name).write_bytes(npy(("f", "<f4"), (len(rows), len(rows[0])), flat))

    def ids(self, name, ids):
        (self.folder / name).write_bytes(npy(("Q", "<u8"), (len(ids),), ids))

    def shown(self, index="x.index"):
        return json.loads(self.succeed("show", "--index", index, "--json"))

    def found(self, *arguments, index="x.index"):
        """The ids and scores of a search, and how many columns they have."""
        self.succeed("search", "--index", index, "--output-ids", "i.npy", "--output-scores", "s.npy", *arguments)
        ids, header = values_of(self.folder / "i.npy", "Q")
        scores, _ = values_of(self.folder / "s.npy", "f")
        return ids, scores, int(header.split("(")[1].split(")")[0].split(",")[1])

    def test_finds_what_the_definition_finds(self):
        chance = random.Random(1)
        rows = [[chance.gauss(0, 1) for _ in range(6)] for _ in range(50)]
        ids = [1000 - 3 * i for i in range(50)]
        self.vectors("rows.npy", rows)
        self.vectors("queries.npy", rows[:4])
        (self.folder / "ids.npy").write_bytes(npy(("q", "<i8"), (50,), ids))
        dot = lambda a, b: sum(x * y for x, y in zip(a, b))
        for metric, score, reverse in (
            ("cosine", lambda a, b: dot(a, b) / math.sqrt(dot(a, a) * dot(b, b)), True),
            ("dot", dot, True),
            ("euclidean", math.dist, False),
            ("manhattan", lambda a, b: sum(abs(x - y) for x, y in zip(a, b)), False),
        ):
            with self.subTest(metric):
                self.succeed("build", "--vectors", "rows.npy", "--ids", "ids.npy", "--output", "x.index", "--metric", metric)
                report = json.loads(self.succeed("search", "--index", "x.index", "--queries", "queries.npy", "--k", 5, "--json",
                                                 "--output-ids", "i.npy", "--output-scores", "s.npy", "--threads", 2))
                self.assertEqual((report["queries"], report["k"]), (4, 5))
                self.assertGreater(report["queries_per_second"], 0)
                found_ids, header = values_of(self.folder / "i.npy", "Q")
                self.assertIn("(4, 5)", header)
                found_scores, _ = values_of(self.folder / "s.npy", "f")
                for query in range(4):
                    exact = sorted(((score(rows[query], row), id) for row, id in zip(rows, ids)), reverse=reverse)[:5]
                    self.assertEqual(found_ids[query * 5 : query * 5 + 5], [id for _, id in exact])
                    for found, (expected, _) in zip(found_scores[query * 5 :], exact):
                        self.assertAlmostEqual(found, expected, places=3)
                shown = json.loads(self.succeed("show", "--index", "x.index", "--json"))
                size = (self.folder / "x.index").stat().st_size
                self.assertEqual(shown, {"type": "flat", "metric": metric, "rows": "f32", "vectors": 50, "dimensions": 6, "ef_search": 0,
                                         "bytes": size, "bytes_per_vector": size / 50})

    def test_prints_hits_that_a_person_can_read(self):
        self.vectors("rows.npy", [[1, 0], [0, 1], [1, 1]])
        self.succeed("build", "--vectors", "rows.npy", "--output", "x.index")
        output = self.succeed("search", "--index", "x.index", "--queries", "rows.npy", "--k", 2)
        self.assertEqual(output.splitlines()[:3], ["query 0", "      1.000000  0", "      0.707107  2"])
        self.assertIn("metric      cosine", self.succeed("show", "--index", "x.index"))

    def test_adds_replaces_and_removes(self):
        # The vector of id n points to the angle of n degrees.
        points = lambda angles: [[math.cos(math.radians(a)), math.sin(math.radians(a))] for a in angles]
        self.vectors("first.npy", points(range(20)))
        self.vectors("more.npy", points([20, 21, 22]))
        self.vectors("replacing.npy", points([200, 100]))
        self.ids("replaced.npy", [7, 300])
        self.ids("gone.npy", [0, 1, 2, 1000])
        self.vectors("query.npy", points([201]))
        self.succeed("build", "--vectors", "first.npy", "--output", "x.index")
        self.succeed("add", "--index", "x.index", "--vectors", "more.npy")
        self.assertEqual(self.shown()["vectors"], 23)
        code, _, words = self.run_program("add", "--index", "x.index", "--vectors", "replacing.npy", "--ids", "replaced.npy")
        self.assertEqual(code, 0, words)
        self.assertIn("added 1, replaced 1: 24 vectors", words)
        self.assertEqual(self.found("--queries", "query.npy", "--k", 1)[0], [7])
        code, _, words = self.run_program("remove", "--index", "x.index", "--ids", "gone.npy")
        self.assertEqual(code, 0, words)
        self.assertIn("removed 3 of 4 ids: 21 vectors", words)
        ids, _, columns = self.found("--queries", "query.npy", "--k", 100)
        self.assertEqual(columns, 21)
        self.assertEqual(sorted(ids), [3, 4, 5, 6, 7] + list(range(8, 23)) + [300])
        self.assertEqual([path.name for path in self.folder.glob("*x.index*")], ["x.index"])

    def test_searches_among_allowed_ids_within_a_radius_and_by_id(self):
        self.vectors("rows.npy", [[float(i), 0.0] for i in range(10)])
        self.vectors("query.npy", [[2.2, 0.0], [9.0, 0.0]])
        self.succeed("build", "--vectors", "rows.npy", "--output", "x.index", "--metric", "euclidean")
        none = 2**64 - 1
        self.ids("some.npy", [1, 5, 5, 77])
        ids, scores, columns = self.found("--queries", "query.npy", "--k", 3, "--allow", "some.npy")
        self.assertEqual((ids, columns), ([1, 5, none, 5, 1, none], 3))
        self.assertTrue(math.isnan(scores[2]) and math.isnan(scores[5]))
        self.assertAlmostEqual(scores[3], 4, places=5)
        ids, _, _ = self.found("--queries", "query.npy", "--k", 2, "--exclude", "some.npy")
        self.assertEqual(ids, [2, 3, 9, 8])
        ids, _, _ = self.found("--queries", "query.npy", "--k", 3, "--radius", 1)
        self.assertEqual(ids, [2, 3, none, 9, 8, none])
        self.ids("known.npy", [1, 9])
        ids, _, _ = self.found("--by-id", "known.npy", "--k", 2, "--load")
        self.assertEqual(ids, [0, 2, 8, 7])
        report = json.loads(self.succeed("search", "--index", "x.index", "--by-id", "known.npy", "--k", 3, "--radius", 1, "--json"))
        self.assertEqual((report["queries"], report["hits"]), (2, 3))
        self.fail_with("some.npy in x.index: the index has no id 77", "search", "--index", "x.index", "--by-id", "some.npy")

    def test_every_type_of_index_is_built_searched_changed_and_tuned(self):
        chance = random.Random(3)
        rows = [[chance.gauss(0, 1) for _ in range(12)] for _ in range(600)]
        self.vectors("rows.npy", rows)
        self.vectors("queries.npy", [[chance.gauss(0, 1) for _ in range(12)] for _ in range(40)])
        self.ids("gone.npy", range(100, 200))
        self.succeed("build", "--vectors", "rows.npy", "--output", "exact.index")
        exact, _, _ = self.found("--queries", "queries.npy", "--k", 5, index="exact.index")
        for type, name, row_type in (("flat,rows=f16", "flat", "f16"), ("hnsw,m=8,ef_construction=60", "hnsw", "f32"),
                                     ("hnsw,rows=f16,codes=8", "hnsw", "f16")):
            with self.subTest(type):
                build = ["build", "--vectors", "rows.npy", "--type", type, "--seed", 5, "--output"]
                self.succeed(*build, "x.index")
                self.succeed(*build, "again.index", "--threads", 1)
                self.assertEqual((self.folder / "x.index").read_bytes(), (self.folder / "again.index").read_bytes())
                shown = self.shown()
                self.assertEqual((shown["type"], shown["rows"], shown["vectors"]), (name, row_type, 600))
                self.assertEqual(shown["ef_search"] == 0, name == "flat")
                report = json.loads(self.succeed("tune", "--index", "x.index", "--recall", 0.97, "--k", 5, "--queries", "queries.npy", "--json"))
                self.assertGreaterEqual(report["recall"], 0.97)
                self.assertEqual(self.shown()["ef_search"], report["ef_search"])
                for mode in ([], ["--load"]):
                    ids, _, _ = self.found("--queries", "queries.npy", "--k", 5, *mode)
                    right = sum(len(set(exact[i : i + 5]) & set(ids[i : i + 5])) for i in range(0, 200, 5))
                    self.assertGreaterEqual(right, 0.95 * 200)
                self.succeed("remove", "--index", "x.index", "--ids", "gone.npy")
                self.succeed("add", "--index", "x.index", "--vectors", "queries.npy")
                self.assertEqual(self.shown()["vectors"], 540)
                ids, scores, _ = self.found("--queries", "queries.npy", "--k", 3, "--ef-search", 200)
                self.assertEqual(ids[::3], list(range(600, 640)))
                self.assertFalse(set(ids) & set(range(100, 200)))
                self.assertAlmostEqual(scores[0], 1, places=2)

    def test_rows_of_halves_are_half_as_large_and_refuse_what_they_cannot_hold(self):
        self.vectors("rows.npy", [[float(i)] * 64 for i in range(100)])
        self.vectors("huge.npy", [[1.0, 2.0], [3.0, 70000.0]])
        build = ["build", "--metric", "dot", "--output"]
        self.succeed(*build, "x.index", "--vectors", "rows.npy")
        self.succeed(*build, "half.index", "--vectors", "rows.npy", "--type", "flat,rows=f16")
        self.assertLess(self.shown("half.index")["bytes_per_vector"], 0.6 * self.shown()["bytes_per_vector"])
        self.fail_with("huge.npy: row 1 has the value 70000 at 1", *build, "y.index", "--vectors", "huge.npy", "--type", "flat,rows=f16")
        self.assertFalse((self.folder / "y.index").exists())

    def test_tunes(self):
        chance = random.Random(2)
        self.vectors("rows.npy", [[chance.gauss(0, 1) for _ in range(8)] for _ in range(300)])
        self.succeed("build", "--vectors", "rows.npy", "--output", "x.index")
        report = json.loads(self.succeed("tune", "--index", "x.index", "--recall", 0.9, "--k", 5, "--json"))
        self.assertEqual(report["recall"], 1)
        self.assertEqual(report["ef_search"], self.shown()["ef_search"])
        self.assertIn("exact", self.succeed("tune", "--index", "x.index", "--queries", "rows.npy"))

    def test_who_reads_a_file_while_it_is_replaced_has_the_old_one_or_the_new_one(self):
        self.vectors("rows.npy", [[1.0, i / 10] for i in range(10)])
        self.succeed("build", "--vectors", "rows.npy", "--output", "x.index", "--metric", "euclidean")
        search = [PROGRAM, "index", "search", "--index", "x.index", "--queries", "rows.npy", "--k", "100", "--json"]
        for _ in range(10):
            reader = subprocess.Popen(search, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder)
            before = self.shown()["vectors"]
            self.succeed("add", "--index", "x.index", "--vectors", "rows.npy")
            output, words = reader.communicate()
            self.assertEqual(reader.returncode, 0, words)
            self.assertIn(json.loads(output)["hits"], (10 * before, 10 * (before + 10)))

    def test_no_change_is_lost_where_several_change_a_file_at_once(self):
        self.vectors("rows.npy", [[1.0, i / 10] for i in range(10)])
        self.succeed("build", "--vectors", "rows.npy", "--output", "x.index")
        self.ids("gone.npy", range(5))
        changes = [["add", "--vectors", "rows.npy"]] * 5 + [["remove", "--ids", "gone.npy"]]
        running = [subprocess.Popen([PROGRAM, "index", change[0], "--index", "x.index", *change[1:]], stderr=subprocess.PIPE,
                                    text=True, cwd=self.folder) for change in changes]
        for process in running:
            _, words = process.communicate()
            self.assertEqual(process.returncode, 0, words)
        self.assertEqual(self.shown()["vectors"], 55)

    def test_bad_input_is_named_and_leaves_the_old_index(self):
        self.vectors("rows.npy", [[1, 0], [0, 1]])
        self.succeed("build", "--vectors", "rows.npy", "--output", "x.index")
        before = (self.folder / "x.index").read_bytes()
        self.vectors("nan.npy", [[1, 0], [0, math.nan]])
        self.fail_with("nan.npy: row 1 has a value that is not finite", "build", "--vectors", "nan.npy", "--output", "x.index")
        (self.folder / "twice.npy").write_bytes(npy(("q", "<i8"), (2,), [7, 7]))
        self.fail_with("id 7 is given twice", "build", "--vectors", "rows.npy", "--ids", "twice.npy", "--output", "x.index")
        (self.folder / "three.npy").write_bytes(npy(("q", "<i8"), (3,), [1, 2, 3]))
        self.fail_with("three.npy: 3 ids for the 2 vectors", "build", "--vectors", "rows.npy", "--ids", "three.npy", "--output", "x.index")
        self.fail_with("missing.npy", "build", "--vectors", "missing.npy", "--output", "x.index")
        self.fail_with("nan.npy: row 1 has a value that is not finite", "add", "--index", "x.index", "--vectors", "nan.npy")
        self.fail_with("id 7 is given twice", "add", "--index", "x.index", "--vectors", "rows.npy", "--ids", "twice.npy")
        self.fail_with("three.npy: 3 ids for the 2 vectors", "add", "--index", "x.index", "--vectors", "rows.npy", "--ids", "three.npy")
        self.vectors("wide.npy", [[1, 2, 3]])
        self.fail_with("wide.npy: the vectors have 3 dimensions, the index has 2", "add", "--index", "x.index", "--vectors", "wide.npy")
        (self.folder / "negative.npy").write_bytes(npy(("q", "<i8"), (1,), [-4]))
        self.fail_with("negative.npy", "remove", "--index", "x.index", "--ids", "negative.npy")
        self.fail_with("rows.npy", "remove", "--index", "x.index", "--ids", "rows.npy")
        self.fail_with("twice.npy", "add", "--index", "x.index", "--vectors", "twice.npy")
        self.fail_with("missing.index", "add", "--index", "missing.index", "--vectors", "rows.npy")
        self.fail_with("wide.npy: the queries have 3 dimensions", "tune", "--index", "x.index", "--queries", "wide.npy")
        self.assertEqual((self.folder / "x.index").read_bytes(), before)
        self.assertEqual([path.name for path in self.folder.glob("*x.index*")], ["x.index"])

        self.fail_with("the queries have 3 dimensions, the index has 2", "search", "--index", "x.index", "--queries", "wide.npy")
        (self.folder / "cut.index").write_bytes(before[:-1])
        self.fail_with("cut.index: has", "show", "--index", "cut.index")
        (self.folder / "text.index").write_text("not an index " * 20)
        self.fail_with("text.index: is not a file of Kindred's", "search", "--index", "text.index", "--queries", "rows.npy")

    def test_wrong_usage_is_told_from_failure(self):
        self.fail_with("there are cosine, dot, euclidean, manhattan", "build", "--vectors", "a", "--output", "b", "--metric", "cosinus", code=2)
        for type, words in (("quick", 'there is no "quick"'), ("flat,rows=f8", "there are f32, f16"), ("hnsw,m=1", "from 2 to 256"),
                            ("hnsw,links=4", 'no option "links"'), ("hnsw,codes=5", "4 or 8 bits")):
            self.fail_with(words, "build", "--vectors", "a", "--output", "b", "--type", type, code=2)
        self.fail_with("--k", "search", "--index", "a", "--queries", "b", "--k", 0, code=2)
        self.fail_with("--queries", "search", "--index", "a", code=2)
        self.fail_with("--by-id", "search", "--index", "a", "--queries", "b", "--by-id", "c", code=2)
        self.fail_with("--exclude", "search", "--index", "a", "--queries", "b", "--allow", "c", "--exclude", "d", code=2)
        self.fail_with("--radius", "search", "--index", "a", "--queries", "b", "--radius", "near", code=2)
        self.fail_with("--recall", "tune", "--index", "a", "--recall", 1.5, code=2)
        self.fail_with("--ids", "remove", "--index", "a", code=2)
        self.fail_with("subcommand", code=2)


if __name__ == "__main__":
    unittest.main()
