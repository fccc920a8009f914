#include "quantize/box.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace kindred::quantize {

Box Box::fit(MatrixView sample) {
  assert(sample.rows() > 0 && sample.dimensions() > 0);
  const std::size_t rows = sample.rows();
  const std::size_t outermost = rows / 1000;
  std::vector<float> column(rows);
  std::vector<float> middles(sample.dimensions());
  float widest = 0;
  for (std::size_t i = 0; i < sample.dimensions(); ++i) {
    for (std::size_t row = 0; row < rows; ++row) column[row] = sample.row(row)[i];
    const auto low = column.begin() + static_cast<std::ptrdiff_t>(outermost);
    const auto high = column.end() - 1 - static_cast<std::ptrdiff_t>(outermost);
    std::ranges::nth_element(column, low);
    const float lowest = *low;
    std::ranges::nth_element(column, high);
    widest = std::max(widest, *high - lowest);
    middles[i] = lowest + (*high - lowest) / 2;
  }
  // All values alike: any step does.
  const float step = widest > 0 ? widest / 255 : 1;
  for (float& middle : middles) middle -= 127.5F * step;
  return {middles, step};
}

Box::Box(std::span<const float> lowest, float step)
    : lowest_(lowest.begin(), lowest.end()), step_(step) {
  assert(step > 0);
}

void Box::write(const float* vector, std::uint8_t* code) const {
  for (std::size_t i = 0; i < lowest_.size(); ++i) {
    const float level = (vector[i] - lowest_[i]) / step_ + 0.5F;
    code[i] = static_cast<std::uint8_t>(std::clamp(level, 0.0F, 255.0F));
  }
  std::memset(code + lowest_.size(), 0, code_bytes() - lowest_.size());
}

void Box::set_factor(CodeQuery& query) const {
  query.factor = step_;
  query.offset = query.norm = 0;
}

CodeScale Box::encode(const float* vector, std::uint8_t* code, CodeQuery&) const {
  write(vector, code);
  return {.step = 1, .norm = 0};
}

void Box::query(const float* vector, CodeQuery& query) const {
  query.values.reserve_discarding(code_bytes());
  write(vector, reinterpret_cast<std::uint8_t*>(query.values.data()));
  set_factor(query);
}

void Box::query(const std::uint8_t* code, const CodeScale&, CodeQuery& query) const {
  query.values.reserve_discarding(code_bytes());
  std::memcpy(query.values.data(), code, code_bytes());
  set_factor(query);
}

}  // namespace kindred::quantize
