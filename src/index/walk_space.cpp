#include "index/walk_space.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "quantize/box.h"
#include "quantize/rotated.h"

namespace kindred::index {
namespace {

/// Rows that means and ranges are taken from: evenly spread, more would change nothing.
constexpr std::size_t kSample = 1 << 16;

double squares_of(std::span<const float> row) {
  double squares = 0;
  for (const float value : row) squares += double{value} * value;
  return squares;
}

float lift_of(std::span<const float> row, float longest) {
  const double squares = double{longest} * longest - squares_of(row);
  return squares > 0 ? static_cast<float>(std::sqrt(squares)) : 0.0F;
}

std::unique_ptr<quantize::Codec> codec_of(Metric metric, const SpaceParts& parts) {
  if (metric == Metric::manhattan)
    return std::make_unique<quantize::Box>(parts.coordinates, parts.step);
  return std::make_unique<quantize::Rotated>(parts.bits, parts.coordinates, parts.seed);
}

}  // namespace

std::size_t WalkSpace::coordinates_of(Metric metric, std::size_t dimensions) {
  return dimensions + (metric == Metric::dot ? 1 : 0);
}

WalkSpace::WalkSpace(Metric metric, std::size_t dimensions, SpaceParts parts)
    : metric_(metric),
      dimensions_(dimensions),
      parts_(std::move(parts)),
      codec_(codec_of(metric, parts_)) {}

WalkSpace WalkSpace::fit(MatrixView rows, const IndexOptions& options) {
  const Metric metric = options.metric;
  SpaceParts parts{.seed = options.seed, .bits = options.code_bits};
  if (metric == Metric::dot) {
    double longest = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row)
      longest = std::max(longest, squares_of(rows.row(row)));
    parts.longest = static_cast<float>(std::sqrt(longest));
  }
  const std::size_t count = std::min(rows.rows(), kSample);
  const auto row_of = [&](std::size_t i) { return rows.row(i * rows.rows() / count); };
  if (metric == Metric::manhattan) {
    Matrix sample(count, rows.dimensions());
    for (std::size_t i = 0; i < count; ++i) std::ranges::copy(row_of(i), sample.row(i).begin());
    const quantize::Box box = quantize::Box::fit(sample);
    parts.step = box.step();
    parts.coordinates.assign(box.lowest().begin(), box.lowest().end());
  } else {
    std::vector<double> sums(coordinates_of(metric, rows.dimensions()));
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = row_of(i);
      for (std::size_t d = 0; d < row.size(); ++d) sums[d] += row[d];
      if (metric == Metric::dot) sums.back() += lift_of(row, parts.longest);
    }
    for (const double sum : sums)
      parts.coordinates.push_back(static_cast<float>(sum / static_cast<double>(count)));
  }
  return {metric, rows.dimensions(), std::move(parts)};
}

const float* WalkSpace::lifted(std::span<const float> row, float last, float factor,
                               std::vector<float>& memory) const {
  memory.resize(row.size() + 1);
  std::ranges::transform(row, memory.begin(), [factor](float value) { return value * factor; });
  memory.back() = last;
  return memory.data();
}

quantize::CodeScale WalkSpace::encode(std::span<const float> row, std::uint8_t* code,
                                      quantize::CodeQuery& scratch) const {
  if (metric_ != Metric::dot) return codec_->encode(row.data(), code, scratch);
  return codec_->encode(lifted(row, lift_of(row, parts_.longest), 1, scratch.vector), code,
                        scratch);
}

void WalkSpace::query(std::span<const float> query, quantize::CodeQuery& to) const {
  if (metric_ != Metric::dot) return codec_->query(query.data(), to);
  // The length of a query changes no order: as long as the rows, it loses least to rounding.
  const double length = std::sqrt(squares_of(query));
  const float factor = length > 0 ? static_cast<float>(parts_.longest / length) : 0.0F;
  codec_->query(lifted(query, 0, factor, to.vector), to);
}

}  // namespace kindred::index
