"""Recall, and the speed at a recall: what the tables and the drawings show.

A curve is a list of points (setting, recall, queries a second). Its frontier is what a user would choose from: the points that no other beats
in both. The speed at a recall is read between two measured points of the frontier, on the logarithm of the speed, and never beyond them;
where even the cheapest setting has a better recall, it is that setting's.
"""

import dataclasses
import math

import numpy

import exact

K = 10


@dataclasses.dataclass
class Point:
    setting: object
    recall: float
    speed: float  # queries a second


def recall(dataset, ids: numpy.ndarray) -> float:
    """The share of the K nearest that was found. Of rows equally near, any counts; the same row twice counts once."""
    ids = ids[:, :K].astype(numpy.int64)
    found = (ids >= 0) & (ids < len(dataset.rows))
    ordered = numpy.sort(ids, axis=1)
    repeated = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    scores = exact.scores(dataset.rows[numpy.where(found, ids, 0)], dataset.queries, dataset.metric)
    last = exact.scores(dataset.rows[dataset.truth[:, K - 1:K]], dataset.queries, dataset.metric)
    right = found & (scores >= last - 1e-9 * numpy.maximum(1, numpy.abs(last)))
    return (numpy.minimum(right.sum(axis=1), K).sum() - repeated.sum()) / ids.size


def frontier(curve: list[Point]) -> list[Point]:
    best, kept = 0.0, []
    for point in sorted(curve, key=lambda point: (-point.recall, -point.speed)):
        if point.speed > best:
            best = point.speed
            kept.append(point)
    return kept[::-1]


def speed_at(curve: list[Point], target: float) -> float | None:
    """Queries a second at `target` recall; None where it is not reached."""
    points = frontier(curve)
    if points and points[0].recall >= target:
        return points[0].speed
    for low, high in zip(points, points[1:]):
        if low.recall <= target <= high.recall:
            share = (target - low.recall) / (high.recall - low.recall)
            return math.exp(math.log(low.speed) * (1 - share) + math.log(high.speed) * share)
    return None
