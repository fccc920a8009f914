/// How alike two vectors are: the dot product and the Euclidean distance, of a pair, and of one
/// query with many rows.
///
/// The many-rows form is what a search spends its time in. It reads the rows as one stream, with
/// four sums to hide the latency of the additions, and asks for memory ahead: it runs at the speed
/// of the memory. A row's result has the same bits wherever the row stands and however many stand
/// beside it.
///
/// Sums are in float32: relative to |a| |b|, a result is off by about 1e-7 times the square root of
/// the dimensions. Dispatch (dispatch.h) happens once, where dot_rows() and its sisters are called.
/// Thread safety: all of it. No pointer needs an alignment.
#pragma once

#include <cstddef>
#include <span>

namespace kindred::simd {

/// results[i] = measure(query, row i). query: `dimensions` values; rows: count x dimensions,
/// row-major without gaps; results: count values, apart from the others.
using MeasureRows = void (*)(const float* query, const float* rows, std::size_t count,
                             std::size_t dimensions, float* results);

/// Sum of a[i] b[i].
MeasureRows dot_rows();
/// Sum of (a[i] - b[i])^2.
MeasureRows squared_euclidean_rows();
/// The square root of that.
MeasureRows euclidean_rows();

/// The same for one pair of vectors of one size.
float dot(std::span<const float> a, std::span<const float> b);
float squared_euclidean(std::span<const float> a, std::span<const float> b);

/// dot / (|a| |b|), within [-1, 1]; 0 where one of them is a zero vector. Lengths whose squares
/// leave float32 give 0 or a value that is not a number: use unit vectors and dot() for those.
float cosine(std::span<const float> a, std::span<const float> b);

}  // namespace kindred::simd
