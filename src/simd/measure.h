/// How alike two vectors are: the dot product, the Euclidean and the Manhattan distance, of a pair,
/// and of one query with many rows.
///
/// The query is float32; rows are stored as float32, as halves (half.h) or as bytes that stand for
/// 0 to 255. A row is brought to float32 in the registers, which costs nothing where memory is what
/// a search waits for: halves are read twice as fast, bytes four times.
///
/// The many-rows form is what a search spends its time in. It reads the rows as one stream, with
/// four sums to hide the latency of the additions, and asks for memory ahead: it runs at the speed
/// of the memory. For one row it asks for nothing ahead, and is as good for rows that lie anywhere.
/// A row's result has the same bits wherever the row stands and however many stand beside it.
///
/// Sums are in float32: relative to |a| |b|, a result is off by about 1e-7 times the square root of
/// the dimensions. Dispatch (dispatch.h) happens once, where dot_kernels() and its sisters are
/// called. Thread safety: all of it. No pointer needs an alignment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "simd/half.h"

namespace kindred::simd {

/// results[i] = measure(query, row i). query: `dimensions` values; rows: count x dimensions,
/// row-major without gaps, finite; results: count values, apart from the others.
template <class Row>
using MeasureRowsOf = void (*)(const float* query, const Row* rows, std::size_t count,
                               std::size_t dimensions, float* results);
using MeasureRows = MeasureRowsOf<float>;

/// The forms of one measure, for each type of row.
struct MeasureKernels {
  MeasureRowsOf<float> floats;
  MeasureRowsOf<Half> halves;
  MeasureRowsOf<std::uint8_t> bytes;

  template <class Row>
  MeasureRowsOf<Row> of() const {
    if constexpr (std::is_same_v<Row, float>) return floats;
    if constexpr (std::is_same_v<Row, Half>) return halves;
    if constexpr (std::is_same_v<Row, std::uint8_t>) return bytes;
  }
};

/// Sum of a[i] b[i]. The kernels in force, as with the others.
MeasureKernels dot_kernels();
/// Sum of (a[i] - b[i])^2.
MeasureKernels squared_euclidean_kernels();
/// The square root of that.
MeasureKernels euclidean_kernels();
/// Sum of |a[i] - b[i]|.
MeasureKernels manhattan_kernels();

/// One form: dot_rows<Half>().
template <class Row = float>
MeasureRowsOf<Row> dot_rows() {
  return dot_kernels().of<Row>();
}
template <class Row = float>
MeasureRowsOf<Row> squared_euclidean_rows() {
  return squared_euclidean_kernels().of<Row>();
}
template <class Row = float>
MeasureRowsOf<Row> euclidean_rows() {
  return euclidean_kernels().of<Row>();
}
template <class Row = float>
MeasureRowsOf<Row> manhattan_rows() {
  return manhattan_kernels().of<Row>();
}

/// The same for one pair of vectors of one size.
float dot(std::span<const float> a, std::span<const float> b);
float squared_euclidean(std::span<const float> a, std::span<const float> b);

/// dot / (|a| |b|), within [-1, 1]; 0 where one of them is a zero vector. Lengths whose squares
/// leave float32 give 0 or a value that is not a number: use unit vectors and dot() for those.
float cosine(std::span<const float> a, std::span<const float> b);

}  // namespace kindred::simd
