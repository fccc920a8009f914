"""Filtered search: the speed at recall 0.95 when only some ids may be found.

For each share of the rows, 50 %, 10 %, 1 % and 0.1 %, two filters: `random`, where chance picks the rows, and `correlated`, where they are the
rows nearest to one of them, so that a query's own neighbourhood is mostly shut out or mostly let in. The truth is exact search among the
allowed rows.
"""

import dataclasses
import pathlib
import tempfile

import numpy

import curves
import exact
from contestant import Contestant, Failure

SHARES = (0.5, 0.1, 0.01, 0.001)
EF = (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
PROBES = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
RIVALS = {"hnswlib": EF, "FAISS HNSW": EF, "FAISS IVF": PROBES, "Qdrant Edge": EF, "Qdrant Edge int8": EF}
TARGET = 0.95
ROUNDS = 2
SECONDS = 20  # a setting slower than this ends its curve


@dataclasses.dataclass
class Filtered:
    """A dataset of which only some rows may be found; the truth is among them."""
    rows: numpy.ndarray
    queries: numpy.ndarray
    metric: str
    truth: numpy.ndarray


def allowed_ids(dataset, kind: str, share: float) -> numpy.ndarray:
    count = max(curves.K, round(len(dataset.rows) * share))
    random = numpy.random.default_rng(7)
    if kind == "random":
        return numpy.sort(random.choice(len(dataset.rows), count, replace=False))
    centre = dataset.rows[random.integers(len(dataset.rows))][None]
    return numpy.sort(exact.nearest(dataset.rows, centre, dataset.metric, count)[0])


def _speed(search, settings, dataset) -> float | None:
    points = []
    for setting in settings:
        seconds, ids = search(setting)
        seconds = min([seconds] + [search(setting)[0] for _ in range(ROUNDS - 1) if seconds < SECONDS])
        points.append(curves.Point(setting, curves.recall(dataset, ids), len(dataset.queries) / seconds))
        if points[-1].recall > 0.97 or seconds > SECONDS:
            break
    return curves.speed_at(points, TARGET)


def compare(dataset, start_kindred, limit_seconds: float) -> dict:
    """{contestant: {"all" or (kind, share): queries a second at TARGET, or None where it is not reached}}, or {contestant: why it failed}."""
    cases = {(kind, share): allowed_ids(dataset, kind, share) for kind in ("random", "correlated") for share in SHARES}
    sets = {case: Filtered(dataset.rows, dataset.queries, dataset.metric,
                           ids[exact.nearest(dataset.rows[ids], dataset.queries, dataset.metric, curves.K)])
            for case, ids in cases.items()}
    starts = {"Kindred": (start_kindred, EF)} | {
        name: (lambda name=name: Contestant.rival(name, dataset, limit_seconds), settings) for name, settings in RIVALS.items()}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (start, settings) in starts.items():
            try:
                with start() as contestant:
                    found[name] = {"all": _speed(lambda setting: contestant.search(setting, curves.K), settings, dataset)}
                    for number, (case, ids) in enumerate(cases.items()):
                        path = pathlib.Path(folder, f"{number}.npy")
                        numpy.save(path, ids.astype(numpy.uint64))
                        found[name][case] = _speed(lambda setting: contestant.filter(setting, curves.K, path), settings, sets[case])
            except (Failure, OSError) as error:
                found[name] = str(error)
    return found


def report(found: dict) -> None:
    cases = [(kind, share) for kind in ("random", "correlated") for share in SHARES]
    print("| queries a second at recall 0.95 | all | " + " | ".join(f"{kind} {share:.1%}" for kind, share in cases) + " |")
    print("| --- |" + " --- |" * (len(cases) + 1))
    for name, speeds in found.items():
        if isinstance(speeds, str):
            print(f"| {name} | {speeds} |" + " |" * len(cases))
        else:
            show = lambda speed: "not reached" if speed is None else f"{speed:,.0f}"
            print(f"| {name} | " + " | ".join(show(speeds[case]) for case in ["all", *cases]) + " |")
