#include "index/row_screen.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

namespace kindred::index {
namespace {

/// The relative error of one operation of float32.
constexpr double kUnit = 0x1p-24;
/// What outward rounding multiplies with: far more than the roundings in the bounds themselves.
constexpr double kOutward = 1 + 1e-5;
/// More than underflow takes from a value, in a kernel of any number of dimensions.
constexpr double kUnderflow = 0x1p-140;
/// Vectors longer than this are not bounded: partial sums of an estimate might leave float32.
constexpr double kLongestBounded = 1e17;

/// Upwards, so that also what float32 has no positive number for is counted.
float upwards(double value) {
  return static_cast<float>(value * kOutward + double{std::numeric_limits<float>::min()});
}

/// The sum of the squares of value(0), value(1), ...: several sums, which the compiler makes
/// vectors of.
template <typename Value>
double sum_of_squares(std::size_t count, const Value& value) {
  constexpr std::size_t kSums = 16;
  std::array<double, kSums> sums = {};
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums)
    for (std::size_t lane = 0; lane < kSums; ++lane)
      sums[lane] += value(i + lane) * value(i + lane);
  for (; i < count; ++i) sums[i % kSums] += value(i) * value(i);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double squares_of(std::span<const float> values) {
  return sum_of_squares(values.size(), [&](std::size_t i) { return double{values[i]}; });
}

/// The step of a row's bytes: 1 where it is made of integers that bytes can hold exactly.
float step_of(std::span<const float> values, float low, float high) {
  const float range = high - low;
  if (range <= 255 && std::ranges::all_of(values, [low](float value) {
        return value - low == std::floor(value - low);
      }))
    return 1;
  return range / 255;
}

}  // namespace

float RoundedQuery::bar(float key) const {
  if (!bounds.distance || std::isinf(key)) return key;
  // The kernel's sum of squares, whose root was rounded. Beyond it the next root is certainly
  // larger.
  const double furthest = double{key} * key * (1 + 8 * kUnit);
  return std::nextafter(static_cast<float>(squares - furthest),
                        -std::numeric_limits<float>::infinity());
}

bool RowScreen::serves(Metric metric) { return metric != Metric::manhattan; }

static_assert(ChunkedRows<std::uint8_t>::kChunkRows * simd::kPanelRows % RowScreen::kBlockRows ==
              0);

RowScreen::RowScreen(std::size_t dimensions)
    : dimensions_(dimensions), codes_(simd::panel_bytes(dimensions)), facts_(1) {
  assert(dimensions > 0 && dimensions <= kMostDimensions);
}

void RowScreen::resize(std::size_t rows) {
  const std::size_t panels = (rows + simd::kPanelRows - 1) / simd::kPanelRows;
  codes_.grow(panels);
  facts_.grow(panels);
  rows_ = rows;
}

void RowScreen::set(std::size_t row, std::span<const float> values) {
  assert(row < rows_ && values.size() == dimensions_);
  std::uint8_t* codes = codes_.row(row / simd::kPanelRows);
  simd::PanelFacts& facts = *facts_.row(row / simd::kPanelRows);
  const std::size_t lane = row % simd::kPanelRows;
  const double length = std::sqrt(squares_of(values));
  // "Not below", so that what is not a number is caught too.
  if (!(length < kLongestBounded)) {
    facts.step[lane] = facts.low[lane] = facts.length[lane] = 0;
    facts.error[lane] = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t i = 0; i < dimensions_; ++i) codes[simd::panel_place(lane, i)] = 0;
    return;
  }
  float low = values[0];
  float high = values[0];
  for (const float value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const float step = step_of(values, low, high);
  // Any byte will do, so this may round as it likes: what it misses is in the residual. A step that
  // has no reciprocal is as good as none.
  const float steps = step >= std::numeric_limits<float>::min() ? 1 / step : 0;
  std::vector<std::uint8_t> bytes(query_bytes());
  for (std::size_t i = 0; i < dimensions_; ++i)
    bytes[i] = static_cast<std::uint8_t>(
        static_cast<int>(std::min((values[i] - low) * steps + 0.5F, 255.0F)));
  const double squares = sum_of_squares(dimensions_, [&](std::size_t i) {
    return double{values[i]} - (double{low} + double{step} * bytes[i]);
  });
  for (std::size_t i = 0; i < dimensions_; i += simd::kPanelGroup)
    std::memcpy(codes + simd::panel_place(lane, i), bytes.data() + i, simd::kPanelGroup);
  facts.step[lane] = step;
  facts.low[lane] = low;
  // The residuals were themselves rounded, in double precision.
  facts.error[lane] = upwards(std::sqrt(squares) + 1e-14 * length * std::sqrt(dimensions_));
  facts.length[lane] = std::max(static_cast<float>(length), std::numeric_limits<float>::min());
}

bool RowScreen::round(std::span<const float> query, Metric metric, std::int8_t* codes,
                      RoundedQuery& rounded) const {
  assert(query.size() == dimensions_ && serves(metric));
  const bool distance = metric == Metric::euclidean;
  rounded.squares = squares_of(query);
  const double length = std::sqrt(rounded.squares);
  if (!(length < kLongestBounded)) return false;

  const int limit = simd::panel_dots().limit;
  float largest = 0;
  for (const float value : query) largest = std::max(largest, std::abs(value));
  const float scale = largest / static_cast<float>(limit);
  std::fill_n(codes, query_bytes(), std::int8_t{0});
  std::int64_t sum = 0;
  double residual_squares = 0;
  double rounded_squares = 0;
  for (std::size_t i = 0; i < dimensions_; ++i) {
    const float steps = scale > 0 ? std::round(query[i] / scale) : 0.0F;
    const int code = std::clamp(static_cast<int>(steps), -limit, limit);
    const double value = double{scale} * code;
    codes[i] = static_cast<std::int8_t>(code);
    sum += code;
    rounded_squares += value * value;
    residual_squares += (query[i] - value) * (query[i] - value);
  }
  const double root = std::sqrt(static_cast<double>(dimensions_));
  const double rounded_length = std::sqrt(rounded_squares);
  const double residual = std::sqrt(residual_squares) + 1e-14 * length * root;

  // |q'| |x| times this is at least the magnitude of what the estimate is summed from: |q'.(x' -
  // low)| + |q'.low|, where |low| <= |x| and |x'| <= |x| (1 + root / 250). It is rounded five
  // times.
  const double estimate = 8 * kUnit * (2 + 3 * root) * rounded_length;
  const auto dimensions = static_cast<double>(dimensions_);
  // Sums of squares have two more roundings a term, and the root hides differences of 4 units.
  const double plain = 1.02 * (dimensions + (distance ? 24 : 16)) * kUnit;
  const double underflow = kUnderflow * (1 + dimensions + double{scale});
  const double times = distance ? 2 : 1;
  // |q - x|^2 <= 2 |q|^2 + 2 |x|^2, of which `plain` is the relative error.
  const double square = distance ? 2 * plain + 16 * kUnit : 0;
  rounded.bounds = {
      .distance = distance,
      .scale = static_cast<float>(times) * scale,
      .sum = static_cast<float>(sum),
      .error = upwards(times * rounded_length),
      .length = upwards(times * (residual + estimate) + (distance ? 0 : plain * length)),
      .square = static_cast<float>(square * kOutward),
      .constant = upwards(square * rounded.squares + underflow),
  };
  return true;
}

}  // namespace kindred::index
