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

#include "simd/panel_dot.h"

namespace kindred::simd {

/// What is known of the rows of a panel.
struct PanelFacts {
  float step[kPanelRows];    ///< value = low + step * byte
  float low[kPanelRows];     ///< the value that byte 0 stands for
  float error[kPanelRows];   ///< at least the length of what the rounding took away
  float length[kPanelRows];  ///< of the row itself
};

/// A query's part in estimate and width:
///
///     estimate = scale (step * product + low * sum)
///     width    = error * row's error + length * row's length + constant
///
/// and for distances  estimate - row's length^2  and  width + square * row's length^2.
struct ScreenedQuery {
  bool distance;
  float scale;
  float sum;  ///< of the query's integers
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
/// and returns how many there are. What is not a number passes. products: one a row of the panels
/// that the rows fill, the last of them perhaps in part; passed: room for `count`.
using Screen = std::size_t (*)(const std::int32_t* products, const PanelFacts* panels,
                               const ScreenedQuery& query, std::size_t count, float bar,
                               Passed* passed);
Screen screen();

}  // namespace kindred::simd
