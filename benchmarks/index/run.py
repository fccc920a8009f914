"""The vector index beside every open rival: recall@10 against exact search, queries a second on one thread, builds on two, resident memory.

  run.py [--sets NAME,...] [--rivals NAME,...] [--rounds N] [--without-filters] [--draw]

Kindred and a rival answer the same queries in alternating rounds, each setting of their search in turn; the best round of each counts, and a
ratio is of speeds measured in the same rounds. A rival that is missing, breaks or takes too long is a line of the report. The tables go to
standard output, the measurements to build/benchmark/index/results, the drawings to docs/guides/figures; --draw only draws again. A run of
some rivals (--rivals) leaves what earlier runs measured of the others beside theirs.

Environment: KINDRED (the program; kindred_benchmark_index lies beside it), KINDRED_MODEL_MINILM, KINDRED_BENCH_DATA, KINDRED_BENCH_CACHE.
"""

import argparse
import contextlib
import functools
import json
import pathlib
import subprocess
import sys

import curves
import datasets
import filters
import rivals
import svg
from contestant import Contestant, Failure

# Forms of our index: the first meets every rival, the others are measured beside it as rivals are.
FORMS = {"Kindred": "hnsw,m=16,ef_construction=200,rows=f16", "Kindred, rows f32": "hnsw,m=16,ef_construction=200,rows=f32"}
EF = (10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 256, 320, 384, 512, 768)
TARGETS = (0.95, 0.99)
ENOUGH = 0.9985
LIMIT_SECONDS = 900
# On large sets, the rivals that stand a chance: the others' builds take hours in all.
LARGE = 250_000
FOR_LARGE = ("hnswlib", "FAISS HNSW", "FAISS IVF-PQ-FastScan", "USearch f16", "SVS LVQ4x8", "SVS f16", "Glass HNSW SQ4U", "zvec Vamana int8")
FIGURES = pathlib.Path(__file__).parents[2] / "docs/guides/figures"
RESULTS = datasets.CACHE / "results"


class Side:
    """The measurements of one contestant: for each setting its recall and its best seconds."""

    def __init__(self, contestant: Contestant, settings: tuple, dataset):
        self._contestant, self._dataset = contestant, dataset
        self._settings, self.recalls, self.seconds = settings, {}, {}

    def run_round(self) -> None:
        for setting in self._settings if not self.recalls else self._worth_repeating():
            seconds, ids = self._contestant.search(setting, curves.K)
            self.seconds[setting] = min(seconds, self.seconds.get(setting, seconds))
            if setting not in self.recalls:
                self.recalls[setting] = curves.recall(self._dataset, ids)
                if isinstance(setting, (int, float)) and self.recalls[setting] > ENOUGH:
                    break

    def _worth_repeating(self) -> list:
        """Without those that another beats clearly."""
        return [setting for setting in self.recalls
                if not any(self.recalls[other] >= self.recalls[setting] and self.seconds[other] < 0.75 * self.seconds[setting]
                           for other in self.recalls)]

    def take(self, later: "Side") -> None:
        """Joins measurements of the same contestant."""
        self.recalls |= later.recalls
        for setting, seconds in later.seconds.items():
            self.seconds[setting] = min(seconds, self.seconds.get(setting, seconds))

    def curve(self) -> list[curves.Point]:
        return [curves.Point(setting, self.recalls[setting], len(self._dataset.queries) / seconds) for setting, seconds in self.seconds.items()]

    def result(self) -> dict:
        built = self._contestant.built
        return {"build_seconds": built["build_seconds"], "bytes_per_vector": built["resident_bytes"] / len(self._dataset.rows),
                "speeds": [curves.speed_at(self.curve(), target) for target in TARGETS],
                "curve": [(point.setting, point.recall, point.speed) for point in curves.frontier(self.curve())]}


def contestants(dataset, names: list[str]) -> dict:
    """{name: (a function that starts it, the settings of its curve)}, our other forms before the rivals."""
    start = lambda make, what: lambda: make(what, dataset, LIMIT_SECONDS)
    ours = {name: (start(Contestant.kindred, kind), EF) for name, kind in FORMS.items()}
    return ours | {name: (start(Contestant.rival, name), rivals.RIVALS[name].settings) for name in names}


def measure(dataset, names: list[str], rounds: int) -> dict:
    """{contestant: its result}, Kindred first. The others' have `ratios`, Kindred's speeds over their own in the same rounds.

    Of one that failed there is `failure` alone.
    """
    results = {}
    (first, (start_first, _)), *others = contestants(dataset, names).items()
    with contextlib.ExitStack() as stack:
        kindred = overall = None
        try:
            kindred = stack.enter_context(start_first())
            overall = Side(kindred, EF, dataset)
            overall.run_round()
        except (Failure, OSError) as error:
            results[first] = {"failure": str(error)}
        for name, (start, settings) in others:
            try:
                with start() as other:
                    theirs, ours = Side(other, settings, dataset), Side(kindred, EF, dataset) if overall else None
                    for _ in range(rounds):
                        theirs.run_round()
                        if ours:
                            ours.run_round()
                    results[name] = theirs.result()
                    if ours:
                        overall.take(ours)
                        results[name]["ratios"] = [mine / other if mine and other else None
                                                   for mine, other in zip(ours.result()["speeds"], results[name]["speeds"])]
            except (Failure, OSError) as error:
                results[name] = {"failure": str(error)}
            print(f"  {dataset.name}: {name} {results[name].get('failure', 'measured')}", file=sys.stderr, flush=True)
        return ({first: overall.result()} if overall else {}) | results


def report(name: str, results: dict) -> None:
    """The table of one set, fastest first, and the lines of what did not run."""
    show = lambda value, form="{:,.0f}": "" if value is None else form.format(value)
    ran = {who: result for who, result in results.items() if "failure" not in result}
    reached = lambda result: [speed or 0 for speed in result["speeds"]]
    print(f"\n### {name}\n\n| | queries/s at 0.95 | Kindred is | at 0.99 | Kindred is | build, s | bytes a vector |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for who, result in sorted(ran.items(), key=lambda item: (item[0] != "Kindred", [-speed for speed in reached(item[1])])):
        ratios = result.get("ratios", [None, None])
        cells = [show(result["speeds"][0]), show(ratios[0], "{:.2f}x"), show(result["speeds"][1]), show(ratios[1], "{:.2f}x"),
                 show(result["build_seconds"], "{:.1f}"), show(result["bytes_per_vector"])]
        print(f"| {who} | " + " | ".join(cells) + " |")
    print("\nAn empty cell: that recall is not reached.")
    if "Kindred" in ran and "hnswlib" in ran:
        same = {setting: (recall, other) for setting, recall, _ in ran["Kindred"]["curve"]
                for their_setting, other, _ in ran["hnswlib"]["curve"] if setting == their_setting}
        print("Recall at the same ef_search, Kindred and hnswlib: " + "; ".join(
            f"{setting}: {ours:.4f} and {theirs:.4f}" for setting, (ours, theirs) in same.items()))
        print(f"Build: {ran['hnswlib']['build_seconds'] / ran['Kindred']['build_seconds']:.2f}x hnswlib's speed; "
              f"memory: {ran['Kindred']['bytes_per_vector'] / ran['hnswlib']['bytes_per_vector']:.2f}x hnswlib's")
    for who, result in results.items():
        if "failure" in result:
            print(f"{who} did not run: {result['failure']}")


def draw(name: str, results: dict) -> None:
    """Of each library its strongest form: that with the highest speed at 0.95, else the one that reaches furthest."""
    strongest = {}
    for who, result in results.items():
        if "failure" not in result:
            library = "Kindred" if who in FORMS else f"{rivals.RIVALS[who].library} {'ivf' if 'IVF' in who else 'graph'}"
            rank = (result["speeds"][0] or 0, max(point[1] for point in result["curve"]))
            strongest[library] = max(strongest.get(library, (rank, who)), (rank, who))
    shown = [who for _, who in strongest.values()]
    if not shown:
        return
    svg.draw_curves(FIGURES / f"index_{name}.svg", f"{name}: recall and speed", {
        who: [(recall, speed) for _, recall, speed in results[who]["curve"]] for who in shown})
    svg.draw_bars(FIGURES / f"index_{name}_cost.svg", f"{name}: what an index costs", {
        "build on two threads, seconds": {who: results[who]["build_seconds"] for who in shown},
        "resident bytes a vector": {who: results[who]["bytes_per_vector"] for who in shown}})


@functools.cache
def make(name: str):
    """The set, or None with a line that says why not."""
    try:
        return datasets.load(name)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        print(f"{name} is left out: {error}")
        return None


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--sets", default=",".join(name for name in datasets.SETS if name != datasets.SUBSTITUTE))
    arguments.add_argument("--rivals")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--without-filters", action="store_true")
    arguments.add_argument("--draw", action="store_true")
    given = arguments.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    failed, filtered = False, None
    names = given.sets.split(",")
    if not given.draw and not any(make(name) for name in names):
        print("None of the sets can be made: on vectors of made clusters instead, which are not like real ones")
        names = [datasets.SUBSTITUTE]
    for name in names:
        kept = RESULTS / f"{name}.json"
        if not given.draw and (dataset := make(name)):
            chosen = given.rivals.split(",") if given.rivals else FOR_LARGE if len(dataset.rows) > LARGE else rivals.RIVALS
            earlier = json.loads(kept.read_text()) if given.rivals and kept.exists() else {}
            kept.write_text(json.dumps(earlier | measure(dataset, list(chosen), given.rounds), indent=1))
            filtered = dataset if name in ("sentences", datasets.SUBSTITUTE) else filtered
        if kept.exists():
            results = json.loads(kept.read_text())
            failed |= "failure" in results.get("Kindred", {})
            report(name, results)
            draw(name, results)
    if filtered and not given.without_filters:
        print(f"\n### Filtered, {filtered.name}\n")
        start = lambda: Contestant.kindred(FORMS["Kindred"], filtered, LIMIT_SECONDS)
        filters.report(filters.compare(filtered, start, LIMIT_SECONDS))
    return failed


if __name__ == "__main__":
    sys.exit(main())
