"""Makes tests/golden/fixtures/saved_model: SavedModels in the shapes that TensorFlow Hub publishes text embeddings in, with random weights, and
what TensorFlow makes of texts; and operations.pb, a graph of single operations beside their results.

nnlm is built as tensorflow/hub's exporter of TensorFlow 2 builds NNLM and Swivel, nnlm_v1 as its exporter of TensorFlow 1 does. use_v1 has what
is published of Universal Sentence Encoder's averaging form (Cer et al. 2018, arXiv:1803.11175, section 3.2; the variables of its module): words
and pairs of words, known ones by a table and others by their hash, summed over embeddings in shards, through residual layers of tanh; use_v2 is the
same loaded and saved by TensorFlow 2, as version 4 of it was. Its own graph is not to be had here.

Run by hand after a change: python tests/golden/make_saved_model.py, with tensorflow 2.21.0 and numpy 2.4.6 (an environment of their own: they
don't go with the other references).
"""

import json
import os
import pathlib
import shutil
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.ops import lookup_ops
from tensorflow.python.trackable import asset

v1 = tf.compat.v1
FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "saved_model"
WORDS = ["the", "river", "bank", "is", "deep", "money", "in", "a", "caf\u00e9", "\u4e2d\u6587", "The"]
TEXTS = ["The river bank is deep.", "money, in the bank", "", "...", "caf\u00e9 \u4e2d\u6587 unseen words", "  two  spaces ", "a", "a-b 'c' \u201cd\u201d!",
         "the the the river", "tab\tand\nline"]


def vocabulary(folder: str) -> str:
    path = pathlib.Path(folder) / "tokens.txt"
    path.write_text("".join(word + "\n" for word in WORDS), encoding="utf-8")
    return str(path)


class Nnlm(tf.train.Checkpoint):
    def __init__(self, vocabulary_file: str, buckets: int, dimensions: int, seed: int):
        super().__init__()
        self._file = asset.Asset(vocabulary_file)
        self._table = lookup_ops.index_table_from_file(vocabulary_file=self._file, num_oov_buckets=buckets,
                                                       hasher_spec=lookup_ops.FastHashSpec)
        weights = numpy.random.default_rng(seed).standard_normal((len(WORDS) + buckets, dimensions))
        self.embeddings = tf.Variable(weights.astype(numpy.float32))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def _tokenize(self, sentences):
        bare = tf.reshape(tf.strings.regex_replace(sentences, r"\pP", ""), [-1])
        words = tf.strings.split(bare, " ").to_sparse()
        words, _ = tf.sparse.fill_empty_rows(words, tf.constant(""))
        words = tf.sparse.reset_shape(words)
        return words.indices, self._table.lookup(words.values), words.dense_shape

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def __call__(self, sentences):
        return tf.nn.safe_embedding_lookup_sparse(self.embeddings, tf.SparseTensor(*self._tokenize(sentences)), combiner="sqrtn")


def save_v1(folder: pathlib.Path, texts, vectors, tags: list[str]) -> list:
    """As the exporter of TensorFlow 1 does; the vectors of TEXTS."""
    builder = v1.saved_model.builder.SavedModelBuilder(str(folder))
    with v1.Session() as session:
        session.run([v1.global_variables_initializer(), v1.tables_initializer()])
        found = session.run(vectors, {texts: TEXTS})
        signature = v1.saved_model.build_signature_def({"text": v1.saved_model.build_tensor_info(texts)},
                                                       {"default": v1.saved_model.build_tensor_info(vectors)})
        builder.add_meta_graph_and_variables(session, tags, {"default": signature}, assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS),
                                             main_op=v1.tables_initializer())
    builder.save()
    return found.tolist()


def make_nnlm_v1(folder: pathlib.Path, vocabulary_file: str) -> list:
    with tf.Graph().as_default():
        generator = numpy.random.default_rng(3)
        texts = v1.placeholder(tf.string, [None], name="sentences")
        words = v1.string_split(v1.regex_replace(texts, r"\pP", ""), " ")
        weights = generator.standard_normal((len(WORDS) + 1, 5)).astype(numpy.float32)
        embeddings = v1.get_variable("embeddings", initializer=weights, use_resource=False)
        table = tf.lookup.StaticVocabularyTable(tf.lookup.TextFileInitializer(
            vocabulary_file, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), 1)
        ids = tf.SparseTensor(words.indices, table.lookup(words.values), words.dense_shape)
        ids, _ = v1.sparse_fill_empty_rows(ids, table.lookup(tf.constant("")))
        ids = v1.sparse_reset_shape(ids)
        return save_v1(folder, texts, v1.nn.embedding_lookup_sparse(embeddings, ids, None, combiner="sqrtn"), [])


def make_use_v1(folder: pathlib.Path) -> list:
    shards, rows, buckets, width, out = 4, 40, 20, 12, 8
    with tf.Graph().as_default():
        generator = numpy.random.default_rng(7)

        def variable(name, *shape):
            values = generator.standard_normal(shape).astype(numpy.float32) / numpy.sqrt(shape[0]).astype(numpy.float32)
            return v1.get_variable(name, initializer=values, use_resource=True)

        texts = v1.placeholder(tf.string, [None], name="input")
        clean = tf.strings.lower(texts)
        for pattern, rewrite in ((r"([[:punct:]])", r" \1 "), (r"[\s]+", " "), (r"^ +| +$", "")):
            clean = v1.regex_replace(clean, pattern, rewrite)
        words = v1.string_split(tf.strings.join(["<S> ", clean, " </S>"]), " ")
        dense = tf.sparse.to_dense(words, default_value="")
        there = tf.not_equal(dense, "")
        pairs = tf.strings.join([dense[:, :-1], dense[:, 1:]], separator="_")
        pairs_there = tf.logical_and(there[:, :-1], there[:, 1:])

        keys = tf.constant([word.lower() for word in WORDS[:-1]] + ["<s>", "</S>", "<S>"])
        table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, tf.range(13, dtype=tf.int64)), -1)
        known = table.lookup(dense)
        word_ids = tf.where(known >= 0, known, 13 + tf.strings.to_hash_bucket_fast(dense, 7))
        pair_ids = buckets + tf.strings.to_hash_bucket_fast(pairs, rows - buckets)
        ids = tf.concat([word_ids, pair_ids], 1)
        weights = tf.cast(tf.concat([there, pairs_there], 1), tf.float32)

        embeddings = [variable(f"Embeddings_en/sharded_{shard}", rows // shards, width) for shard in range(shards)]
        unique, places = tf.unique(tf.reshape(ids, [-1]))
        found = tf.gather(v1.nn.embedding_lookup(embeddings, unique, partition_strategy="mod"), places)
        found = tf.reshape(found, tf.concat([tf.shape(ids), [width]], 0)) * tf.expand_dims(weights, -1)
        count = tf.reduce_sum(weights, 1, keepdims=True)
        x = tf.reduce_sum(found, 1) / tf.sqrt(tf.maximum(count, 1.0))
        for layer in range(3):
            x = x + tf.tanh(tf.matmul(x, variable(f"Encoder_en/DNN/ResidualHidden_{layer}/weights", width, width)))
        name = "Encoder_en/DNN/ResidualHidden_3"
        x = tf.matmul(x, variable(f"{name}/projection", width, out)) + tf.tanh(tf.matmul(x, variable(f"{name}/weights", width, out)))
        return save_v1(folder, texts, tf.nn.l2_normalize(x, 1), ["serve"])


def make_operations(path: pathlib.Path) -> None:
    """A graph with the nodes case_N of one operation each, and expected_N_M, the constants that TensorFlow finds for its results."""
    raw = tf.raw_ops
    f32, i32, i64 = numpy.float32, numpy.int32, numpy.int64
    reals = numpy.array([[1.5, -2.25, 0.0], [3.0, 7.5, -0.5]], f32)
    column = numpy.array([[2.0], [-4.0]], f32)
    wholes = numpy.array([[7, -7, 2**31 - 1], [3, 0, -5]], i32)
    divisors = numpy.array([3, -2, 4], i32)
    longs = numpy.array([5, -3, 2**40, 0], i64)
    truths = numpy.array([[True, False, True], [False, False, True]])
    texts = numpy.array(["Hello World", "", "caf\u00c9 x\u2019y", "a,b,,c", "  two  spaces ", "\u4e2d\u6587\u3002"], object)
    indices = numpy.array([[0, 0], [0, 1], [2, 0], [4, 1]], i64)
    cases = []

    def add(operation, **arguments):
        cases.append((operation, arguments))

    for operation in ("Add", "AddV2", "Sub", "Mul", "RealDiv", "Div", "Maximum", "Minimum", "SquaredDifference", "FloorDiv", "FloorMod"):
        add(operation, x=reals, y=column)
        add(operation, x=column, y=reals)
    for operation in ("AddV2", "Sub", "Mul", "FloorDiv", "FloorMod", "Maximum", "Minimum", "SquaredDifference"):
        add(operation, x=wholes, y=divisors)
    add("Div", x=wholes, y=divisors)
    add("Pow", x=numpy.abs(reals), y=column)
    for operation in ("Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"):
        add(operation, x=reals, y=numpy.array([1.5, 7.5, 0], f32))
        add(operation, x=wholes, y=divisors)
    add("Equal", x=texts, y=numpy.array("", object))
    add("NotEqual", x=texts, y=texts[::-1].copy())
    add("LogicalAnd", x=truths, y=truths[0])
    add("LogicalOr", x=truths, y=truths[1])
    add("LogicalNot", x=truths)
    for operation in ("Neg", "Abs", "Square"):
        add(operation, x=reals)
        add(operation, x=wholes)
    for operation in ("Exp", "Tanh", "Sigmoid", "Erf", "Reciprocal"):
        add(operation, x=column)
    for operation in ("Sqrt", "Rsqrt", "Log"):
        add(operation, x=numpy.array([0.25, 3.0, 100.0], f32))
    add("Relu", features=reals)
    add("AddN", inputs=[reals, reals, reals * 2])
    add("Select", condition=truths, x=reals, y=-reals)
    add("Select", condition=truths[:, 0], x=reals, y=-reals)
    add("SelectV2", condition=truths, t=reals, e=column)
    add("SelectV2", condition=numpy.array(True), t=texts, e=texts[::-1].copy())
    for to in (tf.int32, tf.int64, tf.bool, tf.float32):
        add("Cast", x=reals, DstT=to)
        add("Cast", x=longs, DstT=to)
    add("Cast", x=truths, DstT=tf.float32)

    for operation in ("Sum", "Mean", "Prod", "Max", "Min"):
        key = "input"
        add(operation, **{key: reals}, axis=numpy.array([1], i32), keep_dims=False)
        add(operation, **{key: reals}, axis=numpy.array([0], i32), keep_dims=True)
        add(operation, **{key: reals}, axis=numpy.array([0, -1], i32), keep_dims=False)
    for operation in ("Sum", "Prod", "Max", "Min"):
        add(operation, input=wholes, axis=numpy.array(0, i32), keep_dims=False)
        add(operation, input=numpy.zeros([0, 2], i32), axis=numpy.array(0, i32), keep_dims=False)
    for operation in ("All", "Any"):
        add(operation, input=truths, axis=numpy.array([1], i32), keep_dims=False)
    for exclusive in (False, True):
        for reverse in (False, True):
            add("Cumsum", x=wholes, axis=numpy.array(1, i32), exclusive=exclusive, reverse=reverse)
            add("Cumsum", x=reals, axis=numpy.array(0, i32), exclusive=exclusive, reverse=reverse)

    block = numpy.arange(24, dtype=i32).reshape(2, 3, 4)
    add("Shape", input=block, out_type=tf.int64)
    add("ShapeN", input=[block, block[0]], out_type=tf.int32)
    add("Size", input=block, out_type=tf.int32)
    add("Rank", input=block)
    add("Reshape", tensor=block, shape=numpy.array([4, -1], i32))
    add("Reshape", tensor=numpy.zeros([0, 3], f32), shape=numpy.array([3, 0], i32))
    add("ExpandDims", input=reals, axis=numpy.array(-1, i32))
    add("ExpandDims", input=reals, axis=numpy.array(0, i32))
    add("Squeeze", input=column, axis=[1])
    add("Squeeze", input=numpy.zeros([1, 2, 1], f32), axis=[])
    add("ConcatV2", values=[reals, reals * 2], axis=numpy.array(0, i32))
    add("ConcatV2", values=[reals, column], axis=numpy.array(-1, i32))
    add("ConcatV2", values=[texts, texts[:2].copy()], axis=numpy.array(0, i32))
    add("Pack", values=[reals, -reals], axis=0)
    add("Pack", values=[reals, -reals], axis=-1)
    add("Pack", values=[numpy.array(3, i32), numpy.array(4, i32)], axis=0)
    add("Unpack", value=block, num=3, axis=1)
    add("Slice", input=block, begin=numpy.array([0, 1, 1], i32), size=numpy.array([-1, 1, 2], i32))
    masks = dict(begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0)
    for begin, end, strides, set_masks in (
            ([0, 1], [1, 3], [1, 1], {}), ([-1], [0], [-1], {"end_mask": 1}), ([0, 0], [0, -1], [1, 1], {"ellipsis_mask": 1}),
            ([0, 0, 1], [0, 0, 2], [1, 1, 1], {"new_axis_mask": 1, "shrink_axis_mask": 4}), ([0, 5], [2, -9], [1, -2], {"begin_mask": 1}),
            ([1], [2], [1], {"shrink_axis_mask": 1}), ([0, 0], [100, 100], [1, 3], {})):
        add("StridedSlice", input=block, begin=numpy.array(begin, i32), end=numpy.array(end, i32), strides=numpy.array(strides, i32),
            **{**masks, **set_masks})
    add("Tile", input=reals, multiples=numpy.array([2, 3], i32))
    add("Tile", input=reals, multiples=numpy.array([1, 0], i32))
    add("Fill", dims=numpy.array([2, 2], i32), value=numpy.array("x", object))
    add("BroadcastTo", input=column, shape=numpy.array([3, 2, 4], i32))
    for operation in ("ZerosLike", "OnesLike"):
        add(operation, x=block)
        add(operation, x=reals)
    add("Range", start=numpy.array(1, i32), limit=numpy.array(9, i32), delta=numpy.array(3, i32))
    add("Range", start=numpy.array(5, i64), limit=numpy.array(-1, i64), delta=numpy.array(-2, i64))
    add("Transpose", x=block, perm=numpy.array([2, 0, 1], i32))
    add("GatherV2", params=block, indices=numpy.array([[2, 0], [1, 1]], i32), axis=numpy.array(1, i32))
    add("GatherV2", params=texts, indices=numpy.array([3, 0], i64), axis=numpy.array(0, i32))
    add("Gather", params=reals, indices=numpy.array([1, 0, 1], i64))
    add("GatherNd", params=block, indices=numpy.array([[1, 2], [0, 0]], i32))
    add("Where", condition=truths)
    add("Where", condition=reals)
    add("Unique", x=numpy.array([5, 3, 5, 9, 3], i64), out_idx=tf.int32)
    add("Unique", x=numpy.array(["b", "a", "b"], object), out_idx=tf.int64)
    add("DynamicPartition", data=block[0], partitions=numpy.array([1, 0, 1], i32), num_partitions=3)
    for operation in ("DynamicStitch", "ParallelDynamicStitch"):
        add(operation, indices=[numpy.array([2, 0], i32), numpy.array([1], i32)], data=[reals, reals[:1] * 10])
    add("DenseBincount", input=numpy.array([1, 5, 1, 0, 9], i32), size=numpy.array(6, i32), weights=numpy.zeros([0], i64), binary_output=False)

    for values, otherwise in ((numpy.array(["a", "b", "c", "d"], object), numpy.array("", object)), (numpy.array([1, 2, 3, 4], i64), numpy.array(9, i64)),
                              (numpy.array([1, 2, 3, 4], f32), numpy.array(0.5, f32))):
        add("SparseFillEmptyRows", indices=indices, values=values, dense_shape=numpy.array([6, 2], i64), default_value=otherwise)
        add("SparseToDense", sparse_indices=indices, output_shape=numpy.array([5, 2], i64), sparse_values=values, default_value=otherwise,
            validate_indices=True)
    add("SparseReshape", input_indices=indices, input_shape=numpy.array([6, 2], i64), new_shape=numpy.array([3, -1], i64))
    add("RaggedTensorToSparse", rt_nested_splits=[numpy.array([0, 2, 2, 5], i64)], rt_dense_values=numpy.array(["a", "b", "c", "d", "e"], object))
    rows = numpy.arange(12, dtype=f32).reshape(6, 2)
    segments = numpy.array([0, 0, 1, 3, 3, 3], i32)
    for operation in ("SegmentSum", "SegmentMean"):
        add(operation, data=rows, segment_ids=segments)
    for operation in ("SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN"):
        add(operation, data=rows, indices=numpy.array([5, 0, 3, 3], i32), segment_ids=numpy.array([0, 0, 0, 2], i32))

    add("StaticRegexReplace", input=texts, pattern=r"\pP", rewrite="")
    add("StaticRegexReplace", input=texts, pattern=r"(\w)(\w)", rewrite=r"\2\1", replace_global=False)
    add("RegexReplace", input=texts, pattern=numpy.array("[[:space:]]+", object), rewrite=numpy.array("_", object))
    add("StringLower", input=texts)
    add("StringUpper", input=texts)
    add("StringStrip", input=texts)
    add("StringLength", input=texts)
    for delimiter, skip in ((" ", True), (" ", False), (", ", True), ("", True), ("", False)):
        add("StringSplit", input=texts, delimiter=numpy.array(delimiter, object), skip_empty=skip)
    for separator, most in ((" ", -1), ("", -1), (", ", 1), ("o W", -1), ("", 1)):
        add("StringSplitV2", input=texts, sep=numpy.array(separator, object), maxsplit=most)
    add("StringJoin", inputs=[texts, numpy.array("+", object), texts], separator="|")
    for buckets in (1, 1000, 2**62):
        add("StringToHashBucketFast", input=numpy.array(["", "a", "a bit longer text", "x" * 40, "y" * 200, "\u4e2d"], object), num_buckets=buckets)

    add("MatMul", a=reals, b=reals.T.copy(), transpose_a=False, transpose_b=False)
    add("MatMul", a=reals, b=reals, transpose_a=False, transpose_b=True)
    add("MatMul", a=numpy.zeros([0, 3], f32), b=reals.T.copy(), transpose_a=False, transpose_b=False)
    add("BiasAdd", value=reals, bias=numpy.array([1, 2, 3], f32))

    def as_constant(value):
        if isinstance(value, numpy.ndarray):
            return tf.constant(value.tolist(), tf.string) if value.dtype == object else tf.constant(value)
        if isinstance(value, list) and value and isinstance(value[0], numpy.ndarray):
            return [as_constant(one) for one in value]
        return value

    with tf.Graph().as_default() as graph, v1.Session() as session:
        for number, (operation, arguments) in enumerate(cases):
            node = getattr(raw, operation)(**{name: as_constant(value) for name, value in arguments.items()}, name=f"case_{number}")
            outputs = node.op.outputs if hasattr(node, "op") else (node[0][0] if isinstance(node[0], list) else node[0]).op.outputs
            for place, value in enumerate(session.run(list(outputs))):
                value = numpy.asarray(value)
                kind = tf.string if value.dtype == object else None
                v1.constant(value.tolist() if kind else value, kind, shape=value.shape, name=f"expected_{number}_{place}")
        saved = saved_model_pb2.SavedModel(saved_model_schema_version=1)
        saved.meta_graphs.add().graph_def.CopyFrom(graph.as_graph_def())
    path.write_bytes(saved.SerializeToString(deterministic=True))


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        file = vocabulary(scratch)
        vectors = {}
        for name, buckets, dimensions in (("nnlm", 3, 6), ("swivel", 1, 4)):
            model = Nnlm(file, buckets, dimensions, seed=buckets)
            tf.saved_model.save(model, str(FIXTURES / name))
            vectors[name] = model(TEXTS).numpy().tolist()
        vectors["nnlm_v1"] = make_nnlm_v1(FIXTURES / "nnlm_v1", file)
        vectors["use_v1"] = make_use_v1(FIXTURES / "use_v1")
    loaded = tf.saved_model.load(str(FIXTURES / "use_v1"))
    tf.saved_model.save(loaded, str(FIXTURES / "use_v2"), signatures=loaded.signatures)
    again = tf.saved_model.load(str(FIXTURES / "use_v2")).signatures["default"](tf.constant(TEXTS))["default"].numpy().tolist()
    assert again == vectors["use_v1"]
    vectors["use_v2"] = again
    (FIXTURES / "texts.json").write_text(json.dumps({"texts": TEXTS, "vectors": vectors}, indent=1), encoding="utf-8")
    make_operations(FIXTURES / "operations.pb")


main()
