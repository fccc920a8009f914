"""One side of a comparison, Kindred's program or a rival's worker: a process that builds, then answers lines, each within a time limit."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

import numpy

CORE = 1


class Failure(Exception):
    """One line that says what became of the process."""


class Contestant:
    """Building starts with the process, on all processors; `built` is what it says of that. Searches run on one processor, the same for all."""

    def __init__(self, command: list, limit_seconds: float):
        self._limit = limit_seconds
        self._folder = tempfile.TemporaryDirectory()
        self._errors = open(pathlib.Path(self._folder.name, "errors.txt"), "w+", encoding="utf-8", errors="replace")
        self._process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                                         text=True, env=os.environ | {"OMP_NUM_THREADS": "2"})
        self.built = self._answer("building")
        for thread in os.listdir(f"/proc/{self._process.pid}/task"):
            os.sched_setaffinity(int(thread), {CORE % os.cpu_count()})

    @classmethod
    def rival(cls, name: str, dataset, limit_seconds: float) -> "Contestant":
        worker = pathlib.Path(__file__).with_name("worker.py")
        return cls([sys.executable, worker, name, dataset.folder / "rows.npy", dataset.folder / "queries.npy", dataset.metric], limit_seconds)

    @classmethod
    def kindred(cls, kind: str, dataset, limit_seconds: float) -> "Contestant":
        program = pathlib.Path(os.environ["KINDRED"]).with_name("kindred_benchmark_index")
        return cls([program, dataset.folder / "rows.npy", dataset.folder / "queries.npy", dataset.metric, kind], limit_seconds)

    def search(self, setting, k: int) -> tuple[float, numpy.ndarray]:
        """Seconds for all queries, and their ids (queries x k)."""
        return self._ask("search", setting, k)

    def filter(self, setting, k: int, allowed: pathlib.Path) -> tuple[float, numpy.ndarray]:
        """The same among the ids in `allowed` (.npy, uint64)."""
        return self._ask("filter", setting, k, allowed)

    def _ask(self, verb: str, setting, k: int, *paths) -> tuple[float, numpy.ndarray]:
        ids = pathlib.Path(self._folder.name, "ids.npy")
        words = [verb, json.dumps(setting, separators=(",", ":")), k, *paths, ids]
        try:
            print(*words, file=self._process.stdin, flush=True)
        except BrokenPipeError:
            pass
        return self._answer(f"{verb} {words[1]}")["seconds"], numpy.load(ids)

    def _answer(self, doing: str) -> dict:
        clock = threading.Timer(self._limit, self._process.kill)
        clock.start()
        try:
            line = self._process.stdout.readline()
        finally:
            in_time = clock.is_alive()
            clock.cancel()
        if line:
            return json.loads(line)
        code = self._process.wait()
        self._errors.seek(0)
        words = [text.strip() for text in self._errors if text.strip()]
        reason = f"it took longer than {self._limit:.0f} s" if not in_time else f"exit code {code}: {words[-1] if words else 'no message'}"
        raise Failure(f"{doing}: {reason}")

    def __enter__(self) -> "Contestant":
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._errors.close()
        self._folder.cleanup()
