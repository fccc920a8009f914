/// Rows in 8 bits, with what a search needs to be certain in spite of the rounding.
///
/// A row x is held as x' = low + step u, with u of 0 to 255 a value: the row's smallest value, and
/// the 255th part of its range. A query q is held as q' = scale c, with c of -127 to 127. With the
/// residuals e = x - x' and r = q - q',
///
///     q.x = q'.x' + q'.e + r.x   and so   |q.x - q'.x'| <= |q'| |e| + |r| |x|   (Cauchy, Schwarz)
///
/// |e| and |x| are taken from the row itself, not from a worst case: the bound is as narrow as the
/// row allows, and almost zero for rows that are bytes from the beginning. q'.x' is exact but for a
/// few roundings, because u.c is an integer product (simd/panel_dot.h). To the bound is added what
/// float32 can do to the estimate, and to the score that the plain kernel would give (n additions
/// and products are off by at most n u / (1 - n u) times the sum of magnitudes, u = 2^-24; Higham,
/// "Accuracy and Stability of Numerical Algorithms", 2002): the bounds hold for the scores that it
/// computes, not for those of an ideal arithmetic.
///
/// Euclidean distances follow from -|q - x|^2 = 2 q.x - |x|^2 - |q|^2; the last part is the same
/// for all rows and left out.
///
/// Memory: a byte a value, in panels of 16 rows (simd/panel_dot.h), and 16 bytes a row. Thread
/// safety: const functions may run beside each other, and set() for different rows; else one thread
/// at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "index/chunked_rows.h"
#include "kindred/index.h"
#include "simd/screen.h"

namespace kindred::index {

/// A query in 8 bits: its part in the bounds, which are on q.x, or on -|q - x|^2 + |q|^2.
struct RoundedQuery {
  simd::ScreenedQuery bounds = {};
  double squares = 0;  ///< |q|^2

  /// The bound below which a row's key (metrics.h) is certainly worse than `key`.
  float bar(float key) const;
};

class RowScreen {
 public:
  /// Values in a row past which there is no screen: integer products would not fit into 32 bits.
  static constexpr std::size_t kMostDimensions = std::size_t{1} << 16;
  /// The most rows that may be screened at once, from a multiple of these on: those stand without
  /// gaps.
  static constexpr std::size_t kBlockRows = 1024;

  /// Whether there are bounds for the metric.
  static bool serves(Metric metric);

  /// dimensions: 1 to kMostDimensions.
  explicit RowScreen(std::size_t dimensions);

  std::size_t dimensions() const { return dimensions_; }
  std::size_t rows() const { return rows_; }
  /// Bytes that it takes.
  std::size_t bytes() const { return codes_.bytes() + facts_.bytes(); }

  /// Makes room for `rows` rows, or drops those past it. New ones hold nothing of use until set().
  /// Throws std::bad_alloc.
  void resize(std::size_t rows);
  /// Takes up a row: its values as float32. One that is not finite, or so long that an estimate
  /// might overflow, passes every screen.
  void set(std::size_t row, std::span<const float> values);

  /// Rounds a query for the kernel in force, to query_bytes() integers. False: no bounds hold, it
  /// is too long.
  bool round(std::span<const float> query, Metric metric, std::int8_t* codes,
             RoundedQuery& rounded) const;
  std::size_t query_bytes() const { return simd::panel_groups(dimensions_) * simd::kPanelGroup; }

  /// The panels (simd/panel_dot.h) from a row on, which is a multiple of 16, and what is known of
  /// their rows.
  const std::uint8_t* codes(std::size_t row) const { return codes_.row(row / simd::kPanelRows); }
  const simd::PanelFacts* facts(std::size_t row) const {
    return facts_.row(row / simd::kPanelRows);
  }

 private:
  std::size_t dimensions_;
  std::size_t rows_ = 0;
  ChunkedRows<std::uint8_t> codes_;      ///< a panel each
  ChunkedRows<simd::PanelFacts> facts_;  ///< a panel each
};

}  // namespace kindred::index
