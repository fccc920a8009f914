#include "index/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kindred::index {

Result<double> prepare(std::span<const float> vector, const MetricTraits& metric,
                       std::string_view what, std::size_t number, float* to) {
  double squares = 0;
  for (const float value : vector) squares += double{value} * value;
  if (!std::isfinite(squares)) {
    const auto bad =
        std::ranges::find_if(vector, [](float value) { return !std::isfinite(value); });
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} {} has a value that is not finite: {} at {}", what, number, *bad,
                            bad - vector.begin()));
  }
  const double length = std::sqrt(squares);
  if (metric.unit_length && length > 0) {
    std::ranges::transform(
        vector, to, [length](float value) { return static_cast<float>(double{value} / length); });
    return length;
  }
  if (length > kLongest)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} {} has length {:.3g}, the metric \"{}\" takes lengths up to {:g}",
                            what, number, length, metric.name, kLongest));
  std::ranges::copy(vector, to);
  return length;
}

}  // namespace kindred::index
