"""Makes the npy fixtures of src/files/vectors_test.cpp with NumPy, and the first inputs of the fuzz target.

python tests/golden/make_npy.py    (writes tests/golden/fixtures/npy and tests/fuzz/corpus/npy)
"""

import io
import pathlib

import numpy

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE / "fixtures" / "npy"
CORPUS = HERE.parent / "fuzz" / "corpus" / "npy"


def vectors(rows, dimensions):
    """value(row, d) = row + d / 8: exact in every float type, and different in every place."""
    return (numpy.arange(rows)[:, None] + numpy.arange(dimensions)[None, :] / 8).astype("<f4")


def saved(array, version=None):
    buffer = io.BytesIO()
    numpy.lib.format.write_array(buffer, array, version=version)
    return buffer.getvalue()


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    CORPUS.mkdir(parents=True, exist_ok=True)
    files = {
        "vectors": saved(vectors(5, 3)),
        "vectors_big_endian": saved(vectors(5, 3).astype(">f4")),
        "vectors_fortran": saved(numpy.asfortranarray(vectors(5, 3))),
        "vectors_version_2": saved(vectors(5, 3), (2, 0)),
        "vectors_version_3": saved(vectors(5, 3), (3, 0)),
        "vector": saved(vectors(1, 7)[0]),
        "no_vectors": saved(vectors(0, 4)),
        "wide": saved(vectors(1, 100)),
        "ids_u8": saved(numpy.array([0, 1, 2**63, 2**64 - 1], "<u8")),
        "ids_i8": saved(numpy.array([3, 2, 1], "<i8")),
        "ids_i4_big_endian": saved(numpy.array([70000, 2, 1], ">i4")),
        "ids_u4": saved(numpy.array([2**32 - 1, 0], "<u4")),
        "ids_negative": saved(numpy.array([3, -2, 1], "<i8")),
        "ids_matrix": saved(numpy.arange(6, dtype="<u8").reshape(2, 3)),
        "float64": saved(vectors(2, 2).astype("<f8")),
        "three_axes": saved(vectors(2, 4).reshape(2, 2, 2)),
        "scalar": saved(numpy.array(1, "<f4")),
        "structure": saved(numpy.zeros(2, [("x", "<f4"), ("y", "<i8")])),
        "text": saved(numpy.array(["kindred", "npy"])),
    }
    for name, data in files.items():
        (FIXTURES / f"{name}.npy").write_bytes(data)
    for name in ("vectors", "vectors_version_2", "ids_i4_big_endian", "structure", "text", "scalar"):
        (CORPUS / f"{name}.npy").write_bytes(files[name])
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }\n"
    for name, shape in (("overflow", b"4294967296, 4294967296, 4"), ("digits", b"9" * 40), ("long", b"3L, 1L"), ("open", b"3, (")):
        text = header % shape
        (CORPUS / f"{name}.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(12))
    (CORPUS / "length.npy").write_bytes(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}")


if __name__ == "__main__":
    main()
