/// The metrics that an index can have: one row of a table each.
///
/// Inside an index every score is a key: the higher, the better, so that one search serves all
/// metrics. A row of the table says how vectors are prepared, which kernel scores them, and how a
/// key becomes the score that people see. Names are what the command line and the files hold.
#pragma once

#include <span>
#include <string_view>

#include "kindred/index.h"
#include "simd/measure.h"

namespace kindred::index {

struct MetricTraits {
  Metric metric;
  std::string_view name;
  /// Whether rows and queries are brought to length 1 first (a zero vector stays what it is). If
  /// not, a vector longer than kLongest is refused: no sum of float32 values may overflow.
  bool unit_length;
  /// Whether the score is a distance: its key is the negative.
  bool smaller_first;
  /// The kernels in force, one a type of row.
  simd::MeasureKernels (*kernels)();
};

/// The squares and products of such vectors stay far within float32.
inline constexpr double kLongest = 1e18;

const MetricTraits& traits_of(Metric metric);
std::span<const MetricTraits> all_metrics();

}  // namespace kindred::index
