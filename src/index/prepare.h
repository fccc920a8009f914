/// Vectors as a metric wants them: checked, and of length 1 where its row of the table says so.
#pragma once

#include <span>
#include <string_view>

#include "index/metrics.h"
#include "kindred/result.h"

namespace kindred::index {

/// Copies `vector` to `to` as `metric` wants it, and returns its Euclidean length. A value that is
/// not finite, or a length that the metric can't take, is an error that begins with "<what>
/// <number>". The length is summed in double precision, so that no float32 vector is too long or
/// too short to be brought to length 1.
Result<double> prepare(std::span<const float> vector, const MetricTraits& metric,
                       std::string_view what, std::size_t number, float* to);

}  // namespace kindred::index
