"""Law 11: what is shown is run. Every ```sh block of README.md, and of docs/guides/, is executed with the tiny model.

A pulled model comes from a hub on this machine. The blocks of a page run one after the other in one empty folder, as a reader would type them, the first failure ends the test. The
scripts themselves (script/demo, script/test, ...) are only looked up: they are there and can be executed.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from hub_server import Hub  # noqa: E402

KINDRED = pathlib.Path(os.environ["KINDRED"])
FIXTURES = pathlib.Path(os.environ["KINDRED_FIXTURES"])


def blocks(page):
    return re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


class Shown(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        tiny = FIXTURES / "models" / "tiny_bert"
        cls.hub = Hub("sentence-transformers/all-MiniLM-L6-v2", {
            str(path.relative_to(tiny)): path.read_bytes() for path in tiny.rglob("*") if path.is_file() and "expected" not in path.parts})

    @classmethod
    def tearDownClass(cls):
        cls.hub.shutdown()
        cls.hub.server_close()

    def run_page(self, page):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "models").mkdir()
            (folder / "models/all-MiniLM-L6-v2").symlink_to(FIXTURES / "models/tiny_bert")
            work = folder / "work"
            work.mkdir()
            ran = 0
            for block in blocks(page):
                commands = []
                for line in block.splitlines(keepends=True):
                    script = re.match(r"(script/\S+)", line)
                    if script:
                        self.assertTrue(os.access(ROOT / script[1], os.X_OK), line)
                    else:
                        commands.append(line)
                if not "".join(commands).strip():
                    continue
                environment = {"PATH": f"{KINDRED.parent}:/usr/bin:/bin", "HOME": str(folder),
                               "HF_ENDPOINT": self.hub.url, "KINDRED_MODELS": str(folder / "models"), "KINDRED_DATA": str(folder / "data")}
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", "".join(commands)], cwd=work, env=environment,
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, f"{page.name}:\n{''.join(commands)}\n{done.stdout}\n{done.stderr}")
                ran += len(re.findall(r"^kindred ", "".join(commands), re.MULTILINE))
            return ran

    def test_readme(self):
        self.assertGreater(self.run_page(ROOT / "README.md"), 5)

    def test_guides(self):
        for page in sorted((ROOT / "docs/guides").glob("*.md")):
            with self.subTest(page.name):
                self.run_page(page)


if __name__ == "__main__":
    unittest.main()
