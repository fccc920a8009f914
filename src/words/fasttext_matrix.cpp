#include "words/fasttext_matrix.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace kindred::words {
namespace {

/// Calls each(place, value) for the values of a float32 row, whatever its address.
template <typename Each>
void for_values(const DenseRows& rows, std::size_t row, std::size_t dimensions, Each&& each) {
  const std::byte* const begin = rows.data + row * rows.stride;
  for (std::size_t k = 0; k < dimensions; ++k) {
    float value = 0;
    std::memcpy(&value, begin + k * sizeof(float), sizeof(float));
    each(k, value);
  }
}

/// The same for the centroids that stand for a quantized row.
template <typename Each>
void for_values(const QuantizedRows& rows, std::size_t row, Each&& each) {
  const ProductQuantizer& quantizer = rows.quantizer;
  const std::size_t pieces = quantizer.pieces();
  for (std::size_t m = 0; m < pieces; ++m) {
    const auto centroid = quantizer.centroid(m, rows.codes[row * pieces + m]);
    for (std::size_t k = 0; k < centroid.size(); ++k) each(m * quantizer.piece + k, centroid[k]);
  }
}

}  // namespace

float FastTextMatrix::length_of(const QuantizedRows& rows, std::size_t row) const {
  return rows.lengths ? rows.lengths->centroid(0, rows.length_codes[row])[0] : 1;
}

void FastTextMatrix::add_row(std::size_t row, std::span<float> out) const {
  assert(row < rows_ && out.size() == dimensions_);
  if (const auto* dense = std::get_if<DenseRows>(&values_)) {
    for_values(*dense, row, dimensions_, [&](std::size_t k, float value) { out[k] += value; });
    return;
  }
  const auto& rows = std::get<QuantizedRows>(values_);
  const float length = length_of(rows, row);
  for_values(rows, row, [&](std::size_t k, float value) { out[k] += length * value; });
}

float FastTextMatrix::dot_row(std::size_t row, std::span<const float> vector) const {
  assert(row < rows_ && vector.size() == dimensions_);
  float sum = 0;
  if (const auto* dense = std::get_if<DenseRows>(&values_)) {
    for_values(*dense, row, dimensions_,
               [&](std::size_t k, float value) { sum += value * vector[k]; });
    return sum;
  }
  const auto& rows = std::get<QuantizedRows>(values_);
  for_values(rows, row, [&](std::size_t k, float value) { sum += value * vector[k]; });
  return sum * length_of(rows, row);
}

void FastTextMatrix::copy_row(std::size_t row, std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  add_row(row, out);
}

FastTextMatrix given_away(SharedMatrix matrix) {
  const auto owner = std::make_shared<const SharedMatrix>(std::move(matrix));
  const auto* data = reinterpret_cast<const std::byte*>(owner->row(0));
  return {owner->rows(), owner->dimensions(),
          DenseRows{owner, data, owner->stride() * sizeof(float)}};
}

}  // namespace kindred::words
