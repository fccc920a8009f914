#include "index/typed_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "simd/half.h"

namespace kindred::index {

std::size_t value_bytes(RowType type) {
  switch (type) {
    case RowType::f32:
      return sizeof(float);
    case RowType::f16:
      return sizeof(simd::Half);
    case RowType::u8:
      return 1;
  }
  return 0;
}

namespace {

/// `held` says what the rows hold instead.
template <typename Fits>
Result<void> check_values(RowType type, MatrixView rows, const std::string& held,
                          const Fits& fits) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto values = rows.row(row);
    const auto past = std::ranges::find_if_not(values, fits);
    if (past != values.end())
      return fail(ErrorCode::invalid_argument,
                  fmt::format("row {} has the value {} at {}, rows of type \"{}\" hold {}", row,
                              *past, past - values.begin(), name_of(type), held));
  }
  return {};
}

}  // namespace

Result<void> check_fit(RowType type, MatrixView given, MatrixView prepared) {
  switch (type) {
    case RowType::f32:
      return {};
    case RowType::f16:
      return check_values(type, prepared, fmt::format("up to {}", simd::kLargestHalf),
                          [](float value) { return std::abs(value) < simd::kPastHalf; });
    case RowType::u8:
      return check_values(type, given, "whole numbers from 0 to 255", [](float value) {
        return value >= 0 && value <= 255 && value == std::trunc(value);
      });
  }
  return {};
}

void TypedRows::get(std::size_t row, std::span<float> to, double length) const {
  switch (type_) {
    case RowType::f32:
      std::memcpy(to.data(), data(row), row_bytes());
      return;
    case RowType::f16:
      simd::to_floats({static_cast<const simd::Half*>(data(row)), dimensions_}, to.data());
      return;
    case RowType::u8: {
      const auto* bytes = static_cast<const std::uint8_t*>(data(row));
      // Of a zero vector the length is 0 too.
      const double divisor = length > 0 ? length : 1;
      for (std::size_t i = 0; i < dimensions_; ++i) to[i] = static_cast<float>(bytes[i] / divisor);
      return;
    }
  }
}

void TypedRows::set(std::size_t row, std::span<const float> values, double length) {
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
    case RowType::u8: {
      auto* bytes = static_cast<std::uint8_t*>(to);
      // What was divided by the length is at most a few units in the last place from it.
      for (std::size_t i = 0; i < dimensions_; ++i)
        bytes[i] = static_cast<std::uint8_t>(std::lround(values[i] * length));
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
