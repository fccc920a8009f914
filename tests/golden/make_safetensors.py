"""Makes the fixtures of src/files/safetensors_test.cpp with the safetensors library, and the first inputs of the fuzz target.

python tests/golden/make_safetensors.py    (writes tests/golden/fixtures/safetensors and tests/fuzz/corpus/safetensors)
"""

import json
import pathlib

import numpy
import safetensors
import safetensors.numpy

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE / "fixtures" / "safetensors"
CORPUS = HERE.parent / "fuzz" / "corpus" / "safetensors"


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def file(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


# What a file may be, and how it may be broken: first inputs of the fuzz target. Whether the reference library accepts each is
# written to cases.json.
CASES = {
    "empty_header": file(b"{}"),
    "blanks": file(b'  {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   ', b"1234"),
    "same_name": file(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', b"12345678"),
    "scalar": file({"a": entry("F32", [], 0, 4)}, b"1234"),
    "no_values": file({"a": entry("F32", [0, 7], 0, 0)}),
    "metadata_null": file(b'{"__metadata__":null}'),
    "metadata_number": file(b'{"__metadata__":{"a":1}}'),
    "metadata_list": file(b'{"__metadata__":[]}'),
    "unknown_entry": file({"a": entry("F32", [1], 0, 4) | {"more": 1}}, b"1234"),
    "unaligned": file({"a": entry("U8", [1], 0, 1), "b": entry("F32", [1], 1, 5)}, b"12345"),
    "no_bytes": b"",
    "seven_bytes": b"1234567",
    "length_only": (0).to_bytes(8, "little"),
    "length_beyond_file": file(b"{}", length=3),
    "length_huge": file(b"{}", length=2**63),
    "length_over_limit": file(b"{}", length=100_000_001),
    "not_json": file(b"{nonsense"),
    "not_utf8": file(b'{"\xff":{}}'),
    "an_array": file(b"[]"),
    "trailing_text": file(b"{} {}"),
    "deep": file(b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "hole": file({"a": entry("F32", [1], 0, 4), "b": entry("F32", [1], 8, 12)}, b"123456789012"),
    "hole_at_start": file({"a": entry("F32", [1], 4, 8)}, b"12345678"),
    "overlap": file({"a": entry("F32", [2], 0, 8), "b": entry("F32", [2], 4, 12)}, b"123456789012"),
    "same_place": file({"a": entry("F32", [1], 0, 4), "b": entry("F32", [1], 0, 4)}, b"1234"),
    "bytes_left": file({"a": entry("F32", [1], 0, 4)}, b"12345"),
    "bytes_missing": file({"a": entry("F32", [2], 0, 8)}, b"1234"),
    "ends_before_start": file({"a": entry("F32", [1], 4, 0)}, b"1234"),
    "offset_huge": file({"a": entry("F32", [1], 0, 2**64 - 1)}, b"1234"),
    "offset_negative": file({"a": entry("F32", [1], -4, 0)}, b"1234"),
    "one_offset": file({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0]}}, b"1234"),
    "wrong_size": file({"a": entry("F32", [2], 0, 4)}, b"1234"),
    "shape_overflow": file({"a": entry("F32", [2**62, 4, 1], 0, 0)}),
    "shape_negative": file({"a": entry("F32", [-1], 0, 4)}, b"1234"),
    "shape_fraction": file({"a": entry("F32", [1.5], 0, 4)}, b"1234"),
    "unknown_type": file({"a": entry("F31", [1], 0, 4)}, b"1234"),
    "no_type": file({"a": {"shape": [1], "data_offsets": [0, 4]}}, b"1234"),
    "no_shape": file({"a": {"dtype": "F32", "data_offsets": [0, 4]}}, b"1234"),
    "entry_is_text": file({"a": "b"}),
}


def accepts(data):
    try:
        safetensors.deserialize(data)
    except safetensors.SafetensorError:
        return False
    return True


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    CORPUS.mkdir(parents=True, exist_ok=True)
    tensors = {
        "weight": (numpy.arange(6) / 4).astype("<f4").reshape(2, 3),
        "half": (numpy.arange(4) - 1.5).astype("<f2"),
        "double": numpy.array([0.1, -2.0], "<f8"),
        "bias": numpy.array([1.0, -1.0, 0.5], "<f4"),
        "ids": numpy.array([[7], [-9]], "<i8"),
        "mask": numpy.array([True, False, True]),
        "nothing": numpy.zeros((0, 3), "<f4"),
        'a "quoted" n\u00e4me\n': numpy.array([255], "u1"),
    }
    # One key: the reference library writes the entries of the metadata in no fixed order.
    reference = safetensors.numpy.save(tensors, {"note": 'a "quoted" line\n'})
    (FIXTURES / "reference.safetensors").write_bytes(reference)
    (CORPUS / "reference.safetensors").write_bytes(reference)
    verdicts = {}
    for name, data in CASES.items():
        (CORPUS / f"{name}.safetensors").write_bytes(data)
        verdicts[name] = accepts(data)
    (FIXTURES / "cases.json").write_text(json.dumps(verdicts, indent=1) + "\n")


if __name__ == "__main__":
    main()
