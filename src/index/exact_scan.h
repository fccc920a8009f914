/// The k best rows of each query, every row considered: a pure function over rows that stand
/// anywhere.
///
/// Where the rows have a screen (row_screen.h), it goes first. It holds them in 8 bits, a quarter
/// of the memory that a search waits for, and says of each row how far its score can be from the
/// estimate. The k-th best of the least possible scores is a bar; a row whose best possible score
/// lies below the bar has no place among the k best. The few others are scored as the plain scan
/// would, best hopes first, until no hope reaches the k-th best score. So the answer is that of the
/// plain scan to the last bit: ids, order and scores. Nothing rests on chance or on the data; where
/// bounds decide nothing (rows that are all alike), the scan falls back to the plain one.
///
/// A batch of queries goes past each block of rows while that is in the cache. Where there are
/// fewer groups of queries than threads, the rows are divided too; the total order of TopK makes
/// the merged result the same as the undivided one.
///
/// Thread safety: all of it, while nobody changes the rows. Cost: rows x dimensions a query; with
/// the screen one byte of memory a value instead of four.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "index/metrics.h"
#include "index/row_screen.h"
#include "kindred/index.h"
#include "kindred/matrix.h"
#include "kindred/result.h"
#include "simd/top_k.h"

namespace kindred::index {

/// Rows to scan.
struct ScanRows {
  RowType type = RowType::f32;
  std::size_t count = 0;
  std::size_t dimensions = 0;
  /// Where they stand: chunk i begins with row i * chunk_rows, without gaps to its end.
  std::span<const void* const> chunks;
  std::size_t chunk_rows = 0;          ///< at least 1
  std::span<const std::uint64_t> ids;  ///< one a row, distinct
  /// Where rows stand as they were given and the metric compares unit vectors: the lengths to
  /// divide scores by, one a row. Else empty.
  std::span<const double> lengths;
  const RowScreen* screen = nullptr;  ///< of these rows, or none
  /// Called for rows [begin, begin + count) before they are read (a map's are verified so), from
  /// any thread. Empty: they may be read.
  std::function<Result<void>(std::size_t begin, std::size_t count)> verify;
};

/// The k best keys (metrics.h) of each query, best first; all where there are fewer. queries:
/// prepared, of the rows' dimensions; k: at least 1. `only`: the numbers of the rows that may be
/// returned, ascending; none given: all.
Result<std::vector<std::vector<simd::Scored>>> exact_scan(
    MatrixView queries, const MetricTraits& metric, std::size_t k, const ScanRows& rows,
    std::optional<std::span<const std::uint32_t>> only = {});

}  // namespace kindred::index
