/// From integer products of a query with rows in 8 bits (panel_dot.h) to the rows that can matter:
/// those whose score may reach a bar.
///
/// A product stands for an estimate of a score; the row and the query say how far off it can be.
/// Why the bound holds is told in index/row_screen.h; here are its arithmetic and its order:
/// products, estimate and width in the registers, compared with the bar at once. After the
/// beginning of a scan almost no vector of rows has one that passes, and nothing is written.
///
/// Thread safety: all of it. Cost: about a cycle a row.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kindred::simd {

/// What is known of rows, an array for each thing, with room for a multiple of 16 rows.
struct ScreenedRows {
  const float* step;    ///< value = low + step * byte
  const float* low;     ///< the value that byte 0 stands for
  const float* error;   ///< at least the length of what the rounding took away
  const float* length;  ///< of the row itself
};

/// A query's part in estimate and width:
///
///     estimate = scale (step * product + low * sum) - squares * length^2
///     width    = error * row's error + (length + square * row's length) * row's length + constant
struct ScreenedQuery {
  float scale;
  float sum;      ///< of the query's integers
  float squares;  ///< 0 or 1
  float error;
  float length;
  float square;
  float constant;
};

/// A row that passed: its score lies between the two.
struct Passed {
  std::uint32_t place;
  float lowest;
  float highest;
};

/// Writes those of `count` rows whose highest possible score is not below `bar`, in their order,
/// and returns how many there are. What is not a number passes. products, rows: arrays that may be
/// read up to the next multiple of 16; passed: room for `count`.
using Screen = std::size_t (*)(const std::int32_t* products, const ScreenedRows& rows,
                               const ScreenedQuery& query, std::size_t count, float bar,
                               Passed* passed);
Screen screen();

}  // namespace kindred::simd
