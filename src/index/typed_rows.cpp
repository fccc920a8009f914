#include "index/typed_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "simd/half.h"

namespace kindred::index {

std::size_t value_bytes(RowType type) {
  switch (type) {
    case RowType::f32:
      return sizeof(float);
    case RowType::f16:
      return sizeof(simd::Half);
  }
  return 0;
}

Result<void> check_fit(RowType type, MatrixView rows) {
  if (type == RowType::f32) return {};
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto values = rows.row(row);
    const auto past = std::ranges::find_if(
        values, [](float value) { return !(std::abs(value) < simd::kPastHalf); });
    if (past != values.end())
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("row {} has the value {} at {}, rows of type \"{}\" hold up to {}", row,
                      *past, past - values.begin(), name_of(type), simd::kLargestHalf));
  }
  return {};
}

void TypedRows::get(std::size_t row, std::span<float> to) const {
  switch (type_) {
    case RowType::f32:
      std::memcpy(to.data(), data(row), row_bytes());
      return;
    case RowType::f16:
      simd::to_floats({static_cast<const simd::Half*>(data(row)), dimensions_}, to.data());
      return;
  }
}

void TypedRows::set(std::size_t row, std::span<const float> values) {
  void* const to = rows_.row(row);
  switch (type_) {
    case RowType::f32:
      std::memcpy(to, values.data(), row_bytes());
      return;
    case RowType::f16: {
      [[maybe_unused]] const std::size_t fitting =
          simd::to_halves(values, static_cast<simd::Half*>(to));
      assert(fitting == values.size());
      return;
    }
  }
}

std::vector<const void*> TypedRows::chunks(std::size_t rows) const {
  std::vector<const void*> chunks;
  for (std::size_t row = 0; row < rows; row += kChunkRows) chunks.push_back(data(row));
  return chunks;
}

std::vector<std::span<const std::byte>> TypedRows::pieces(std::size_t rows) const {
  std::vector<std::span<const std::byte>> pieces;
  for (std::size_t row = 0; row < rows; row += kChunkRows)
    pieces.emplace_back(rows_.row(row), std::min(kChunkRows, rows - row) * row_bytes());
  return pieces;
}

}  // namespace kindred::index
