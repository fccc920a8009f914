"""kindred model pull and list, against a hub that misbehaves.

The hub is a server of this test, which speaks the protocol of the Hugging Face Hub and fails in the ways that networks and servers do. The
program's path comes in the variable KINDRED; the model is one of the golden fixtures.
"""

import email.utils
import hashlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hub_server import COMMIT, Hub  # noqa: E402

PROGRAM = os.environ["KINDRED"]
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "golden" / "fixtures"
NAME = "tiny/bert"
LARGE = 1 << 20


def once(misdeed):
    """Happens one time."""
    done = []

    def first(handler, path):
        if done:
            return False
        done.append(True)  # before it is over: another request may come in between
        if misdeed(handler, path):
            return True
        done.clear()
        return False

    return first


def on(ending, answer):
    return lambda handler, path: path.endswith(ending) and (answer(handler), True)[1]


def cut_after(count, data):
    """Promises all and sends the beginning."""
    def answer(handler):
        first = int((handler.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        handler.send_response(206 if first else 200)
        handler.send_header("Content-Length", str(len(data) - first))
        if first:
            handler.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        handler.end_headers()
        handler.wfile.write(data[first:first + count])
        handler.wfile.flush()
        handler.close_connection = True
        handler.connection.shutdown(2)
    return answer


class HubTest(unittest.TestCase):
    def setUp(self):
        source = FIXTURES / "models" / "tiny_bert"
        self.files = {str(path.relative_to(source)): path.read_bytes() for path in source.rglob("*")
                      if path.is_file() and "expected" not in path.parts}
        self.files["README.md"] = b"not read"
        self.files["onnx/model.onnx"] = b"not read"
        self.weights = self.files["model.safetensors"]
        self.hub = Hub(NAME, self.files)
        self.addCleanup(self.hub.server_close)
        self.addCleanup(self.hub.shutdown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.models = pathlib.Path(folder.name) / "models"
        self.model = self.models / NAME

    def environment(self, **variables):
        clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy") and not name.startswith("HF_")}
        return clean | {"HF_ENDPOINT": self.hub.url + "/", "KINDRED_MODELS": str(self.models)} | variables

    def run_program(self, *arguments, environment=None, **more):
        done = subprocess.run([PROGRAM, "model", *map(str, arguments)], text=True, capture_output=True, timeout=120,
                              env=environment or self.environment(), **more)
        return done.returncode, done.stdout, done.stderr

    def pull(self, *arguments, **more):
        code, output, words = self.run_program("pull", NAME, "--json", *arguments, **more)
        self.assertEqual(code, 0, words)
        return json.loads(output)

    def refused(self, *arguments, code=1, **more):
        found, output, words = self.run_program(*(arguments or ("pull", NAME)), **more)
        self.assertEqual((found, output, words.count("\n")), (code, "", 1), words)
        return words

    def assert_whole(self, pulling=False):
        for name, data in self.files.items():
            path = self.model / name
            if name.startswith(("README", "onnx")):
                self.assertFalse(path.exists(), name)
            else:
                self.assertEqual(path.read_bytes(), data, name)
        self.assertEqual((self.models / "tiny" / ".bert.pull").exists(), pulling)

    def test_pulls_what_is_read_and_a_second_time_nothing(self):
        pulled = self.pull()
        self.assert_whole()
        self.assertEqual((pulled["folder"], pulled["commit"], pulled["was_there"]), (str(self.model), COMMIT, False))
        self.assertEqual(pulled["bytes"], pulled["downloaded"])
        before = len(self.hub.requests)
        again = self.pull()
        self.assertEqual((again["was_there"], again["downloaded"], again["files"]), (True, 0, pulled["files"]))
        self.assertEqual(len(self.hub.requests), before + 1)  # the listing
        code, output, words = self.run_program("pull", NAME)
        self.assertEqual((code, output), (0, f"{self.model}\n"))
        self.assertIn(f"0 of them downloaded: {NAME} at commit {COMMIT}, as it was", words)
        # And it is a model, by its whole name and by the last part of it.
        for name in (NAME, "bert"):
            code, output, words = self.run_program("show", name, "--json")
            self.assertEqual((code, json.loads(output)["family"]), (0, "bert"), words)

    def test_lists_models(self):
        self.assertEqual(self.run_program("list"), (0, "", f"kindred: no models in {self.models}\n"))
        self.pull("--revision", "refs/pr/1")
        (self.models / "own").mkdir()
        (self.models / "own" / "config.json").write_text('{"model_type": 7}')
        code, output, _ = self.run_program("list", "--json")
        rows = [json.loads(line) for line in output.splitlines()]
        self.assertEqual([(row["name"], row["family"], row["revision"], row["commit"]) for row in rows],
                         [("own", "", "", ""), (NAME, "bert", "refs/pr/1", COMMIT)])
        self.assertGreater(rows[1]["bytes"], len(self.weights))
        code, output, _ = self.run_program("list")
        self.assertEqual(output.split()[2:4], [NAME, "bert"])

    def test_a_cut_connection_goes_on_where_it_ended(self):
        self.files["model.safetensors"] = self.weights = self.weights + bytes(LARGE)
        self.hub.misdeeds = [once(on("model.safetensors", cut_after(LARGE // 2, self.weights))),
                             once(on("model.safetensors", cut_after(1000, self.weights)))]
        pulled = self.pull()
        self.assert_whole()
        self.assertEqual([request[1] for request in self.hub.asked("model.safetensors")],
                         [None, f"bytes={LARGE // 2}-", f"bytes={LARGE // 2 + 1000}-"])
        self.assertEqual(pulled["downloaded"], pulled["bytes"])

    def test_a_killed_pull_goes_on(self):
        self.files["model.safetensors"] = self.weights = self.weights + bytes(range(256)) * (16 * LARGE // 256)
        half = len(self.weights) // 2
        stalled = threading.Event()

        def stall(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(self.weights)))
            handler.end_headers()
            handler.wfile.write(self.weights[:half])
            handler.wfile.flush()
            stalled.set()
            time.sleep(30)

        self.hub.misdeeds = [once(on("model.safetensors", stall))]
        program = subprocess.Popen([PROGRAM, "model", "pull", NAME], env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertTrue(stalled.wait(60))
        part = self.models / "tiny" / ".bert.pull" / "model.safetensors.part"
        for _ in range(600):
            if part.exists() and part.stat().st_size > LARGE:
                break
            time.sleep(0.05)
        self.assertIn("another pull of it is under way", self.refused())
        program.send_signal(signal.SIGKILL)
        program.wait()
        self.assertFalse(self.model.exists())
        there = part.stat().st_size
        self.assertGreater(there, LARGE)
        pulled = self.pull()
        self.assert_whole()
        self.assertEqual(self.hub.asked("model.safetensors")[-1][1], f"bytes={there}-")
        self.assertLessEqual(pulled["downloaded"], pulled["bytes"] - there)

    def test_an_interrupted_pull_says_so_and_goes_on(self):
        ready = threading.Event()

        def stall(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(self.weights)))
            handler.end_headers()
            handler.wfile.write(self.weights[:1000])
            handler.wfile.flush()
            ready.set()
            time.sleep(30)

        self.hub.misdeeds = [once(on("model.safetensors", stall))]
        program = subprocess.Popen([PROGRAM, "model", "pull", NAME], env=self.environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertTrue(ready.wait(60))
        time.sleep(0.3)
        program.send_signal(signal.SIGINT)
        _, words = program.communicate(timeout=30)
        self.assertEqual(program.returncode, 1)
        self.assertIn("stopped", words)
        self.pull()
        self.assert_whole()
        self.assertEqual(self.hub.asked("model.safetensors")[-1][1], "bytes=1000-")

    def test_a_server_that_sends_nothing_is_left(self):
        def stall(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(self.weights)))
            handler.end_headers()
            handler.wfile.flush()
            time.sleep(10)

        self.hub.misdeeds = [once(on("model.safetensors", stall))]
        self.pull(environment=self.environment(HF_HUB_DOWNLOAD_TIMEOUT="1"))
        self.assert_whole()

    def test_a_server_without_ranges_is_read_anew(self):
        self.hub.misdeeds = [once(on("model.safetensors", cut_after(5000, self.weights))),
                             on("model.safetensors", lambda handler: handler.answer(200, self.weights))]
        self.pull()
        self.assert_whole()

    def test_wrong_bytes_are_thrown_away(self):
        wrong = bytes([self.weights[0] ^ 1]) + self.weights[1:]
        self.hub.misdeeds = [on("model.safetensors", lambda handler: handler.send_file(wrong))]
        words = self.refused()
        self.assertIn(f"model.safetensors: its SHA-256 is {hashlib.sha256(wrong).hexdigest()}, the hub says "
                      f"{hashlib.sha256(self.weights).hexdigest()}; it was thrown away", words)
        self.assertFalse(self.model.exists())
        self.assertFalse((self.models / "tiny" / ".bert.pull" / "model.safetensors.part").exists())
        config = self.files["config.json"]
        self.hub.misdeeds = [on("/config.json", lambda handler: handler.send_file(config[:-2] + b" }"))]
        self.assertIn("its git's SHA-1 is", self.refused())
        # What an earlier pull left is not trusted either.
        self.hub.misdeeds = []
        left = self.models / "tiny" / ".bert.pull" / "model.safetensors"
        left.write_bytes(wrong)
        left.with_suffix(".safetensors.part").write_bytes(b"x" * 100)
        (left.parent / "stranger.bin").write_bytes(b"of another commit")
        self.pull()
        self.assert_whole()
        self.assertFalse((self.model / "stranger.bin").exists())

    def test_more_and_fewer_bytes_than_listed(self):
        self.hub.misdeeds = [on("model.safetensors", lambda handler: handler.answer(200, self.weights + b"more"))]
        self.assertIn(f"the server sends more than the {len(self.weights)} bytes that it has", self.refused())
        self.hub.misdeeds = [on("model.safetensors", lambda handler: handler.answer(200, self.weights[:-1]))]
        self.assertIn(f"has {len(self.weights) - 1} bytes, the hub says {len(self.weights)}", self.refused())

    def test_what_is_not_there_or_not_open(self):
        self.assertIn("isn't there (HTTP 404): Invalid rev id: old", self.refused("pull", NAME, "--revision", "old"))
        self.assertIn("isn't there (HTTP 404)", self.refused("pull", "tiny/other"))
        self.hub.misdeeds = [lambda handler, path: (handler.answer(401), True)[1]]
        self.assertIn("private and needs a token (HF_TOKEN) (HTTP 401)", self.refused())
        self.hub.misdeeds = [lambda handler, path: (handler.answer(403, X_Error_Message="Access to model\ttiny is restricted"), True)[1]]
        self.assertIn("ask for access on the model's page (HTTP 403): Access to model tiny is restricted", self.refused())
        self.assertEqual(len(self.hub.requests), 4)  # none of them is tried again

    def test_a_busy_server_is_waited_for(self):
        soon = email.utils.formatdate(time.time() + 2, usegmt=True)
        self.hub.misdeeds = [once(lambda handler, path: (handler.answer(429, Retry_After=soon), True)[1]),
                             once(on("model.safetensors", lambda handler: handler.answer(503))),
                             once(on("config.json", lambda handler: handler.connection.shutdown(2)))]
        start = time.monotonic()
        self.pull()
        self.assert_whole()
        self.assertGreater(time.monotonic() - start, 2)

    def test_a_token_stays_with_its_host(self):
        other = Hub(NAME, self.files)  # the same machine under another port, and another name
        self.addCleanup(other.server_close)
        self.addCleanup(other.shutdown)
        there = f"http://localhost:{other.server_port}/{NAME}/resolve/{COMMIT}/model.safetensors"
        self.hub.misdeeds = [on("model.safetensors", lambda handler: handler.answer(302, Location=there))]
        self.pull(environment=self.environment(HF_TOKEN="secret"))
        self.assert_whole()
        self.assertTrue(all(request[2] == "Bearer secret" for request in self.hub.requests))
        self.assertEqual([request[2] for request in other.requests], [None])

    def test_names_that_lead_outside(self):
        for name in ("../evil.json", "/etc/evil", "a/../../evil", "a//b", "", "a\\b", "a\nb", "./config.json"):
            self.hub.listing = [{"rfilename": name, "size": 4}]
            self.assertIn("lists a file that isn't inside the folder", self.refused(), name)
        for name in ("../x", "a/b/c", "/a", "a/..", "-a/b", ""):
            self.assertIn("is no model's name", self.refused("pull", "--", name), name)
        self.assertEqual([path.name for path in self.models.parent.rglob("*evil*")], [])

    def test_answers_that_are_no_listings(self):
        for answer, problem in ((b"<html>", 'has no commit ("sha")'), (b"[]", 'has no commit ("sha")'), (b'{"sha": "../x", "siblings": []}', "has no commit"),
                                (b'{"sha": "a"}', 'has no list of files ("siblings")'), (b'{"sha": "a", "siblings": [{}]}', "a file without a name"),
                                (b'{"sha": "a", "siblings": []}', "has no weights of the kinds that are pulled"),
                                (b'{"sha": "a", "siblings": [{"rfilename": "a"}, {"rfilename": "a"}]}', "lists a twice")):
            self.hub.misdeeds = [lambda handler, path: (handler.answer(200, answer), True)[1]]
            self.assertIn(problem, self.refused())

    def test_a_listing_without_checksums_takes_those_of_the_server(self):
        self.hub.listing = [{"rfilename": name} for name in self.files]
        tag = hashlib.sha256(self.weights).hexdigest()
        self.hub.misdeeds = [on("model.safetensors", lambda handler: handler.send_file(self.weights, X_Linked_Etag=f'"{tag}"'))]
        self.pull()
        self.assert_whole()
        record = json.loads((self.model / "kindred_pull.json").read_text())
        self.assertEqual([file["checksum"] for file in record["files"] if file["name"] == "model.safetensors"], [tag])

    def test_one_file(self):
        self.files["a-q8_0.gguf"] = (FIXTURES / "gguf" / "bert_q8_0.gguf").read_bytes()
        self.files["a-f32.gguf"] = (FIXTURES / "gguf" / "bert_f32.gguf").read_bytes()
        self.assertEqual(self.pull("--file", "a-q8_0.gguf")["files"], 1)
        self.assertEqual(sorted(path.name for path in self.model.iterdir()), ["a-q8_0.gguf", "kindred_pull.json"])
        code, output, words = self.run_program("show", "bert", "--json")
        self.assertEqual((code, json.loads(output)["family"]), (0, "bert"), words)
        self.assertEqual(json.loads(self.run_program("list", "--json")[1])["family"], "gguf")
        self.assertFalse(self.pull("--file", "a-f32.gguf")["was_there"])
        self.assertEqual(sorted(path.name for path in self.model.iterdir()), ["a-f32.gguf", "kindred_pull.json"])
        self.assertIn('has no file "b.gguf"; it has: a-q8_0.gguf, a-f32.gguf', self.refused("pull", NAME, "--file", "b.gguf"))

    def test_sizes_are_those_of_the_last_reply(self):
        """A redirect has a body of its own, and what it leads to may come in chunks without a length."""
        self.hub.listing = [{"rfilename": name} for name in self.files]

        def redirect(handler, path):
            if not path.startswith("/other"):
                return False
            handler.send_response(200)
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            handler.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(self.weights), self.weights))
            return True

        self.hub.misdeeds = [redirect, on("model.safetensors", lambda handler: handler.answer(302, b"moved", Location=self.hub.url + "/other"))]
        self.pull()
        self.assert_whole()

    def test_offline(self):
        self.assertIn("no server may be asked (offline)", self.refused("pull", NAME, "--offline"))
        self.assertEqual(self.hub.requests, [])
        self.pull()
        count = len(self.hub.requests)
        self.assertTrue(self.pull("--offline")["was_there"])
        self.assertTrue(self.pull("--offline", "--revision", COMMIT)["was_there"])
        self.assertIn("isn't there at revision refs/pr/1", self.refused("pull", NAME, "--offline", "--revision", "refs/pr/1"))
        self.assertTrue(self.pull(environment=self.environment(HF_HUB_OFFLINE="1"))["was_there"])
        self.assertEqual(len(self.hub.requests), count)

    def test_a_new_commit_replaces_the_model_and_keeps_what_is_the_same(self):
        self.pull()
        self.hub.commit = "f" * 40
        self.files["config.json"] += b"\n"
        del self.files["modules.json"]
        pulled = self.pull()
        self.assertEqual((pulled["commit"], pulled["downloaded"]), ("f" * 40, len(self.files["config.json"])))
        self.assert_whole()
        self.assertFalse((self.model / "modules.json").exists())
        # A program that ended between the two renames.
        os.rename(self.model, self.models / "tiny" / ".bert.replaced")
        self.assertTrue(self.pull()["was_there"])
        self.assert_whole()

    def test_folders_that_no_pull_made_are_left_alone(self):
        self.model.mkdir(parents=True)
        (self.model / "own.txt").write_text("mine")
        self.assertIn("is there, and no pull made it", self.refused())
        self.assertEqual((self.model / "own.txt").read_text(), "mine")

    def test_a_full_disk_says_so_and_the_rest_comes_later(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(self.weights) // 2, len(self.weights) // 2))
        self.assertIn("model.safetensors.part: cannot write: File too large", self.refused(preexec_fn=limit))
        self.assertFalse(self.model.exists())
        self.pull()
        self.assert_whole()
        self.hub.listing = self.hub.siblings()
        for row in self.hub.listing:
            if "lfs" in row:
                row["lfs"]["size"] = 1 << 60
        self.hub.commit = "e" * 40
        self.assertIn("the disk has room for", self.refused())
        self.assert_whole(pulling=True)

    def test_wrong_settings(self):
        self.assertIn("is no hub's address", self.refused(environment=self.environment(HF_ENDPOINT="ftp://a")))
        self.assertIn("a number of seconds is needed", self.refused(environment=self.environment(HF_HUB_DOWNLOAD_TIMEOUT="soon")))
        self.hub.shutdown()
        self.hub.server_close()


if __name__ == "__main__":
    unittest.main()
