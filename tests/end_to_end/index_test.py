"""kindred index build, search and show as people use them, with files as NumPy writes them.

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
                self.assertEqual(shown, {"type": "flat", "metric": metric, "vectors": 50, "dimensions": 6})

    def test_prints_hits_that_a_person_can_read(self):
        self.vectors("rows.npy", [[1, 0], [0, 1], [1, 1]])
        self.succeed("build", "--vectors", "rows.npy", "--output", "x.index")
        output = self.succeed("search", "--index", "x.index", "--queries", "rows.npy", "--k", 2)
        self.assertEqual(output.splitlines()[:3], ["query 0", "      1.000000  0", "      0.707107  2"])
        self.assertIn("metric      cosine", self.succeed("show", "--index", "x.index"))

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
        self.assertEqual((self.folder / "x.index").read_bytes(), before)
        self.assertEqual([path.name for path in self.folder.glob("*x.index*")], ["x.index"])

        self.vectors("wide.npy", [[1, 2, 3]])
        self.fail_with("the queries have 3 dimensions, the index has 2", "search", "--index", "x.index", "--queries", "wide.npy")
        (self.folder / "cut.index").write_bytes(before[:-1])
        self.fail_with("cut.index: has", "show", "--index", "cut.index")
        (self.folder / "text.index").write_text("not an index " * 20)
        self.fail_with("text.index: is not a file of Kindred's", "search", "--index", "text.index", "--queries", "rows.npy")

    def test_wrong_usage_is_told_from_failure(self):
        self.fail_with("there are cosine, dot, euclidean", "build", "--vectors", "a", "--output", "b", "--metric", "cosinus", code=2)
        self.fail_with("--type", "build", "--vectors", "a", "--output", "b", "--type", "quick", code=2)
        self.fail_with("--k", "search", "--index", "a", "--queries", "b", "--k", 0, code=2)
        self.fail_with("--queries", "search", "--index", "a", code=2)
        self.fail_with("subcommand", code=2)


if __name__ == "__main__":
    unittest.main()
