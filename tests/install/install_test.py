"""The installed library is enough: its headers, its archive and its package file build a program elsewhere.

What would break this: a header or a library missing from the installation, a dependency that KindredConfig.cmake does not
find, a path of the source tree in the exported targets.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ["KINDRED_BUILD"]
FIXTURES = pathlib.Path(os.environ["KINDRED_FIXTURES"])


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def build(self, source):
        """Builds a project that lies outside of the source tree, as a user's would."""
        project = self.folder / source.name
        shutil.copytree(source, project)
        run("cmake", "-G", "Ninja", "-S", project, "-B", project / "build", "-D", "CMAKE_BUILD_TYPE=Release",
            "-D", f"CMAKE_PREFIX_PATH={self.prefix}", "-D", f"CMAKE_CXX_COMPILER={os.environ['KINDRED_CXX']}",
            "-D", f"CMAKE_CXX_FLAGS={os.environ['KINDRED_CXX_FLAGS']}")
        run("cmake", "--build", project / "build")
        return project / "build"

    def test_five_lines(self):
        build = self.build(ROOT / "tests/install/program")
        self.assertEqual(run(build / "nearest"), "1 1.00\n2 0.80\n")

    def test_example_of_the_readme(self):
        source = ROOT / "examples/closest_texts"
        shown = re.search(r"```cpp\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
        self.assertEqual(shown, (source / "main.cpp").read_text(encoding="utf-8"))
        build = self.build(source)
        out = run(build / "closest_texts", FIXTURES / "models/tiny_bert")
        self.assertRegex(out, r"\A(-?[01]\.\d\d  .+\n){3}\Z")

    def test_program(self):
        self.assertIn("kindred", run(self.prefix / "bin/kindred", "--version"))

    def test_names_nothing_of_the_source_tree(self):
        for path in self.prefix.rglob("*.cmake"):
            with self.subTest(path.name):
                self.assertNotIn(str(ROOT), path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
