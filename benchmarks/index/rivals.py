"""The rivals, a row of a table each: how an index is built, and which settings of its search the curve goes through.

build(rows, metric) returns search(queries, k, setting) -> ids (queries x k), and where the library has filters it takes `allowed`, the ids that
may be found, prepared by its `allow`. It builds with two threads and searches with one, in the
library's fastest way: its batch call where it has one. The metrics are `cosine`, where rows and queries come with length 1, so that a library
may take inner products instead, and `euclidean`. A library is imported when its rival is built: one that is missing or breaks is a line
of the report. Settings are the ones that each library recommends; where it gives several, each is a rival of its own.
"""

import dataclasses
import functools
import itertools
import os
import tempfile
from collections.abc import Callable

import numpy

BUILD_THREADS = 2
M, EF_CONSTRUCTION = 16, 200
EF = (10, 12, 15, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512, 640)

MODULES = {"hnswlib": "hnswlib", "faiss-cpu": "faiss", "usearch": "usearch.index", "scalable-vs": "svs", "pyglass-portable": "glass",
           "ngt": "ngtpy", "zvec": "zvec", "qdrant-edge-py": "qdrant_edge"}

Search = Callable[..., numpy.ndarray]


@dataclasses.dataclass(frozen=True)
class Rival:
    library: str
    build: Callable[[numpy.ndarray, str], Search]
    settings: tuple = EF


def hnswlib(rows: numpy.ndarray, metric: str) -> Search:
    import hnswlib as library
    index = library.Index("ip" if metric == "cosine" else "l2", rows.shape[1])
    index.init_index(len(rows), M=M, ef_construction=EF_CONSTRUCTION, random_seed=1)
    index.add_items(rows, num_threads=BUILD_THREADS)
    count = len(rows)  # searching must not keep the rows alive: memory is measured without them

    def allow(ids):
        passes = numpy.zeros(count, dtype=bool)
        passes[ids] = True
        return passes.tolist().__getitem__

    def search(queries, k, ef, allowed=None):
        index.set_ef(ef)
        return index.knn_query(queries, k, num_threads=1, filter=allowed)[0]
    search.allow = allow
    return search


def faiss_hnsw(storage: str, rows: numpy.ndarray, metric: str) -> Search:
    import faiss
    faiss.omp_set_num_threads(BUILD_THREADS)
    kind = faiss.METRIC_INNER_PRODUCT if metric == "cosine" else faiss.METRIC_L2
    index = faiss.index_factory(rows.shape[1], f"HNSW{M}_{storage}" if storage else f"HNSW{M}", kind)
    index.hnsw.efConstruction = EF_CONSTRUCTION
    index.train(rows)
    index.add(rows)

    def search(queries, k, ef, allowed=None):
        faiss.omp_set_num_threads(1)
        return index.search(queries, k, params=faiss.SearchParametersHNSW(efSearch=ef, sel=allowed))[1]
    search.allow = functools.partial(faiss_selector, len(rows))
    return search


def faiss_selector(count: int, ids: numpy.ndarray):
    import faiss
    passes = numpy.zeros(count, dtype=bool)
    passes[ids] = True
    return faiss.IDSelectorBitmap(numpy.packbits(passes, bitorder="little"))


def faiss_ivf_flat(rows: numpy.ndarray, metric: str) -> Search:
    import faiss
    faiss.omp_set_num_threads(BUILD_THREADS)
    index = faiss.index_factory(rows.shape[1], "IVF1024,Flat", faiss.METRIC_INNER_PRODUCT if metric == "cosine" else faiss.METRIC_L2)
    index.train(rows)
    index.add(rows)

    def search(queries, k, probes, allowed=None):
        faiss.omp_set_num_threads(1)
        return index.search(queries, k, params=faiss.SearchParametersIVF(nprobe=probes, sel=allowed))[1]
    search.allow = functools.partial(faiss_selector, len(rows))
    return search


def faiss_ivf(code: str, rows: numpy.ndarray, metric: str) -> Search:
    """Codes that a register compares 32 at a time, then the best candidates by their float32 rows."""
    import faiss
    faiss.omp_set_num_threads(BUILD_THREADS)
    kind = faiss.METRIC_INNER_PRODUCT if metric == "cosine" else faiss.METRIC_L2
    lists = 1024 if len(rows) < 250_000 else 2048
    index = faiss.index_factory(rows.shape[1], f"IVF{lists},{code.format(half=rows.shape[1] // 2)},RFlat", kind)
    index.train(rows)
    index.add(rows)

    def search(queries, k, setting):
        probes, candidates = setting
        faiss.omp_set_num_threads(1)
        inner = faiss.SearchParametersIVF(nprobe=probes)
        return index.search(queries, k, params=faiss.IndexRefineSearchParameters(
            k_factor=candidates / k, base_index_params=inner))[1]
    return search


def usearch(scalar: str, rows: numpy.ndarray, metric: str) -> Search:
    from usearch.index import Index
    index = Index(ndim=rows.shape[1], metric="cos" if metric == "cosine" else "l2sq", dtype=scalar, connectivity=M,
                  expansion_add=EF_CONSTRUCTION)
    index.add(numpy.arange(len(rows)), rows, threads=BUILD_THREADS)

    def search(queries, k, ef):
        index.expansion_search = ef
        return index.search(queries, k, threads=1).keys
    return search


def svs(kind: str, degree: int, rows: numpy.ndarray, metric: str) -> Search:
    """Vamana graphs on rows compressed by LVQ (Aguerrebere et al. 2023) or LeanVec (Tepper et al. 2024)."""
    import svs as library
    cosine = metric == "cosine"
    distance = library.DistanceType.MIP if cosine else library.DistanceType.L2
    parameters = library.VamanaBuildParameters(alpha=0.95 if cosine else 1.2, graph_max_degree=degree, window_size=200)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows.fvecs")
        library.write_vecs(rows, path)
        loader = library.VectorDataLoader(path, library.DataType.float32, dims=rows.shape[1])
        kinds = library.LeanVecKind
        data = {
            "f32": lambda: rows,
            "f16": lambda: rows.astype(numpy.float16),
            "lvq4x8": lambda: library.LVQLoader(loader, primary=4, residual=8, padding=32),
            "lvq8": lambda: library.LVQLoader(loader, primary=8, residual=0, padding=32),
            "leanvec4x8": lambda: library.LeanVecLoader(loader, rows.shape[1] // 2, kinds.lvq4, kinds.lvq8),
            "leanvec8x8": lambda: library.LeanVecLoader(loader, rows.shape[1] // 2, kinds.lvq8, kinds.lvq8),
        }[kind]()
        index = library.Vamana.build(parameters, data, distance, num_threads=BUILD_THREADS)
    index.num_threads = 1

    def search(queries, k, setting):
        window, capacity = setting
        parameters = index.search_parameters
        parameters.buffer_config = library.SearchBufferConfig(window, capacity)
        index.search_parameters = parameters
        return index.search(queries, k)[0]
    return search


def glass(graph: str, traversal: str, refinement: str, rows: numpy.ndarray, metric: str) -> Search:
    import glass as library
    library.set_num_threads(BUILD_THREADS)
    name = "IP" if metric == "cosine" else "L2"
    built = library.Index(graph, name, quant="SQ8U", R=2 * M, L=EF_CONSTRUCTION).build(rows)
    searcher = library.Searcher(built, rows, name, traversal, refinement)
    searcher.set_ef(64)
    searcher.optimize(1)

    def search(queries, k, ef):
        searcher.set_ef(ef)
        return numpy.asarray(searcher.batch_search(queries, k, 1)[0]).reshape(len(queries), k)
    return search


def ngt(graph: str, rows: numpy.ndarray, metric: str) -> Search:
    """Its quantised graphs are built by the program qbg, which its Python package lacks; these are the graphs that the package builds."""
    import ngtpy
    distance = "Normalized Cosine" if metric == "cosine" else "L2"
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("anng", "onng")]
        ngtpy.create(paths[0], rows.shape[1], edge_size_for_creation=10 if graph == "ANNG" else 100, edge_size_for_search=40,
                     distance_type=distance)
        index = ngtpy.Index(paths[0], log_disabled=True)
        index.batch_insert(rows, num_threads=BUILD_THREADS)
        index.save()
        if graph == "ONNG":
            index.close()
            optimizer = ngtpy.Optimizer(num_of_outgoings=10, num_of_incomings=120, log_disabled=True)
            optimizer.set_processing_modes(search_parameter_optimization=False, accuracy_table_generation=False)
            optimizer.execute(paths[0], paths[1])
            index = ngtpy.Index(paths[1], read_only=True, log_disabled=True)

    def search(queries, k, epsilon):
        found = numpy.full((len(queries), k), -1)
        for row, query in zip(found, queries):
            ids = index.search(query, k, epsilon=epsilon, edge_size=0 if graph == "ONNG" else -2, with_distance=False)
            row[:len(ids)] = ids
        return found
    return search


def zvec(kind: str, rows: numpy.ndarray, metric: str) -> Search:
    import zvec as library
    parameters = library.typing.MetricType.COSINE if metric == "cosine" else library.typing.MetricType.L2
    library.init(log_level=library.LogLevel.ERROR, query_threads=1, optimize_threads=BUILD_THREADS)
    none, codes = library.typing.QuantizeType.UNDEFINED, library.typing.QuantizeType.INT8
    common = {"metric_type": parameters, "quantize_type": none if kind.endswith("f32") else codes, "use_contiguous_memory": True}
    index_parameters = {
        "HNSW": lambda: library.HnswIndexParam(m=M, ef_construction=EF_CONSTRUCTION, **common),
        "Vamana": lambda: library.VamanaIndexParam(max_degree=64, search_list_size=EF_CONSTRUCTION, **common),
    }[kind.split()[0]]()
    folder = tempfile.TemporaryDirectory()
    path = os.path.join(folder.name, "collection")
    vectors = library.VectorSchema("vector", library.DataType.VECTOR_FP32, rows.shape[1], index_parameters)
    collection = library.create_and_open(path, library.CollectionSchema(name="rows", vectors=vectors))
    for start in range(0, len(rows), 1000):
        collection.insert([library.Doc(id=str(start + i), vectors={"vector": row}) for i, row in enumerate(rows[start:start + 1000])])
    collection.optimize(library.OptimizeOption(concurrency=BUILD_THREADS))
    collection.flush()
    collection.close()
    collection = library.open(path, library.CollectionOption(read_only=True, enable_mmap=False))
    number = numpy.array([int(name) for name in collection.resolve_internal_ids(numpy.arange(len(rows)))] + [-1])
    refine = not kind.endswith("f32")

    def search(queries, k, ef):
        parameter = (library.HnswQueryParam if kind.startswith("HNSW") else library.VamanaQueryParam)(ef, is_using_refiner=refine)
        ask = lambda query: collection.query_internal_ids(library.Query("vector", vector=query, param=parameter), topk=k)
        return number[numpy.stack([ask(query) for query in queries])]
    search.folder = folder
    return search


def qdrant(quantized: bool, rows: numpy.ndarray, metric: str) -> Search:
    import qdrant_edge as library
    distance = library.Distance.Cosine if metric == "cosine" else library.Distance.Euclid
    codes = library.ScalarQuantizationConfig(library.ScalarType.Int8, quantile=0.99, always_ram=True) if quantized else None
    graph = library.HnswIndexConfig(m=M, ef_construct=EF_CONSTRUCTION, full_scan_threshold=1000, max_indexing_threads=BUILD_THREADS)
    folder = tempfile.TemporaryDirectory()
    shard = library.EdgeShard.create(folder.name, library.EdgeConfig(
        vectors=library.EdgeVectorParams(rows.shape[1], distance), hnsw_config=graph, quantization_config=codes, max_search_threads=1,
        optimizers=library.EdgeOptimizersConfig(default_segment_number=1), wal_enabled=False))
    for start in range(0, len(rows), 1000):
        points = [library.Point(start + i, row.tolist()) for i, row in enumerate(rows[start:start + 1000])]
        shard.update(library.UpdateOperation.upsert_points(points))
    shard.flush()
    while shard.optimize():
        pass
    filters = itertools.count()

    def allow(ids):
        """A payload field with an index, which is how Qdrant wants to be filtered."""
        name = f"filter{next(filters)}"
        shard.update(library.UpdateOperation.set_payload(ids.tolist(), {name: "yes"}))
        shard.update(library.UpdateOperation.create_field_index(name, library.PayloadSchemaType.Keyword))
        while shard.optimize():
            pass
        return library.Filter(must=[library.FieldCondition(name, match=library.MatchValue("yes"))])

    def search(queries, k, ef, allowed=None):
        quantization = library.QuantizationSearchParams(rescore=True, oversampling=2.0) if quantized else None
        parameters = library.SearchParams(hnsw_ef=ef, quantization=quantization)
        requests = [library.QueryRequest(k, query=library.Query.Nearest(query), params=parameters, filter=allowed) for query in queries.tolist()]
        found = numpy.full((len(queries), k), -1)
        for row, hits in zip(found, shard.query_batch(library.QueryBatchRequest(requests))):
            row[:len(hits)] = [hit.id for hit in hits]
        return found
    search.allow = allow
    search.folder = folder
    return search


WINDOWS = (10, 12, 15, 18, 22, 27, 33, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512)
SVS_SETTINGS = tuple((window, int(window * wider)) for window in WINDOWS for wider in (1, 2))
NGT_SETTINGS = (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.14, 0.16, 0.2, 0.25)
PROBES = (2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
IVF_SETTINGS = tuple(itertools.product(PROBES, (20, 40, 80, 160, 320)))

RIVALS = {
    "hnswlib": Rival("hnswlib", hnswlib),
    "FAISS HNSW": Rival("faiss-cpu", functools.partial(faiss_hnsw, "")),
    "FAISS HNSW-SQ8": Rival("faiss-cpu", functools.partial(faiss_hnsw, "SQ8")),
    "FAISS IVF": Rival("faiss-cpu", faiss_ivf_flat, PROBES),
    "FAISS IVF-PQ-FastScan": Rival("faiss-cpu", functools.partial(faiss_ivf, "PQ{half}x4fs"), IVF_SETTINGS),
    "FAISS IVF-RaBitQ-FastScan": Rival("faiss-cpu", functools.partial(faiss_ivf, "RaBitQfs"), IVF_SETTINGS),
    "USearch f32": Rival("usearch", functools.partial(usearch, "f32")),
    "USearch f16": Rival("usearch", functools.partial(usearch, "f16")),
    "USearch i8": Rival("usearch", functools.partial(usearch, "i8")),
    "SVS f32": Rival("scalable-vs", functools.partial(svs, "f32", 64), SVS_SETTINGS),
    "SVS f16": Rival("scalable-vs", functools.partial(svs, "f16", 64), SVS_SETTINGS),
    "SVS f16 degree 32": Rival("scalable-vs", functools.partial(svs, "f16", 32), SVS_SETTINGS),
    "SVS LVQ4x8": Rival("scalable-vs", functools.partial(svs, "lvq4x8", 64), SVS_SETTINGS),
    "SVS LVQ4x8 degree 32": Rival("scalable-vs", functools.partial(svs, "lvq4x8", 32), SVS_SETTINGS),
    "SVS LVQ8": Rival("scalable-vs", functools.partial(svs, "lvq8", 64), SVS_SETTINGS),
    "SVS LeanVec 4x8": Rival("scalable-vs", functools.partial(svs, "leanvec4x8", 64), SVS_SETTINGS),
    "SVS LeanVec 8x8": Rival("scalable-vs", functools.partial(svs, "leanvec8x8", 64), SVS_SETTINGS),
    "Glass HNSW SQ8U": Rival("pyglass-portable", functools.partial(glass, "HNSW", "SQ8U", "FP16")),
    "Glass HNSW SQ4U": Rival("pyglass-portable", functools.partial(glass, "HNSW", "SQ4U", "FP16")),
    "NGT ANNG": Rival("ngt", functools.partial(ngt, "ANNG"), NGT_SETTINGS),
    "NGT ONNG": Rival("ngt", functools.partial(ngt, "ONNG"), NGT_SETTINGS),
    "zvec HNSW f32": Rival("zvec", functools.partial(zvec, "HNSW f32")),
    "zvec HNSW int8": Rival("zvec", functools.partial(zvec, "HNSW int8")),
    "zvec Vamana int8": Rival("zvec", functools.partial(zvec, "Vamana int8")),
    "Qdrant Edge": Rival("qdrant-edge-py", functools.partial(qdrant, False)),
    "Qdrant Edge int8": Rival("qdrant-edge-py", functools.partial(qdrant, True)),
    "Glass NSG SQ4U": Rival("pyglass-portable", functools.partial(glass, "NSG", "SQ4U", "FP16")),
}
