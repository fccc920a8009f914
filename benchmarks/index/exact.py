"""The true nearest rows of each query, which every recall is measured against."""

import faiss
import numpy

BLOCK = 250


def scores(rows: numpy.ndarray, queries: numpy.ndarray, metric: str) -> numpy.ndarray:
    """Of `rows` (queries x candidates x dims) to `queries` (queries x dims) in double precision: cosines, or negative squared distances."""
    rows, queries = rows.astype(numpy.float64), queries.astype(numpy.float64)
    if metric == "euclidean":
        return -((rows - queries[:, None, :]) ** 2).sum(axis=2)
    products = numpy.einsum("qcd,qd->qc", rows, queries)
    return products / (numpy.linalg.norm(rows, axis=2) * numpy.linalg.norm(queries, axis=1)[:, None])


def nearest(rows: numpy.ndarray, queries: numpy.ndarray, metric: str, k: int) -> numpy.ndarray:
    """Ids of the k nearest rows, best first and ties by id: queries x k, int64.

    FAISS's exact search in float32 finds candidates, some more than k; double precision orders them.
    """
    inner = metric == "cosine"
    if inner:
        rows, queries = unit(rows), unit(queries)
    kind = faiss.METRIC_INNER_PRODUCT if inner else faiss.METRIC_L2
    found = numpy.empty((len(queries), k), dtype=numpy.int64)
    for start in range(0, len(queries), BLOCK):
        block = queries[start:start + BLOCK]
        candidates = faiss.knn(block, rows, min(len(rows), k + 28), metric=kind)[1]
        order = numpy.lexsort((candidates, -scores(rows[candidates], block, metric)))
        found[start:start + BLOCK] = numpy.take_along_axis(candidates, order[:, :k], axis=1)
    return found


def unit(vectors: numpy.ndarray) -> numpy.ndarray:
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)
