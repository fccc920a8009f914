/// A matrix of a fastText model: rows of float32, or rows that product quantization made small.
///
/// Quantized (Jegou et al. 2011; Joulin et al. 2016, arXiv:1612.03651), a row is cut into pieces of
/// a few values, and of each piece the number of the nearest of 256 centroids is kept; the row's
/// length may be kept beside it, as one of 256 too.
///
/// Thread safety: immutable. Cost: a row is read where it lies, in a file's map as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "words/shared_matrix.h"

namespace kindred::words {

/// Centroids of all pieces of a row.
struct ProductQuantizer {
  static constexpr std::size_t kCentroids = 256;

  std::size_t dimensions = 0;
  std::size_t piece = 0;         ///< values of each piece
  std::size_t last_piece = 0;    ///< of the last one, 1 to piece
  std::vector<float> centroids;  ///< kCentroids * dimensions, those of a piece behind each other

  std::size_t pieces() const { return (dimensions + piece - 1) / piece; }
  std::size_t size_of(std::size_t number) const {
    return number + 1 == pieces() ? last_piece : piece;
  }
  std::span<const float> centroid(std::size_t number, std::uint8_t code) const {
    const std::size_t size = size_of(number);
    return std::span(centroids).subspan(kCentroids * number * piece + code * size, size);
  }
};

struct QuantizedRows {
  ProductQuantizer quantizer;
  std::vector<std::uint8_t> codes;          ///< rows x quantizer.pieces()
  std::optional<ProductQuantizer> lengths;  ///< of one dimension
  std::vector<std::uint8_t> length_codes;   ///< rows, where there are lengths
};

/// float32 rows that start `stride` bytes after each other, at any address.
struct DenseRows {
  std::shared_ptr<const void> owner;
  const std::byte* data = nullptr;
  std::size_t stride = 0;
};

class FastTextMatrix {
 public:
  FastTextMatrix() = default;
  FastTextMatrix(std::size_t rows, std::size_t dimensions,
                 std::variant<DenseRows, QuantizedRows> values)
      : rows_(rows), dimensions_(dimensions), values_(std::move(values)) {}

  std::size_t rows() const { return rows_; }
  std::size_t dimensions() const { return dimensions_; }
  /// Nothing where rows are float32.
  const QuantizedRows* quantized() const { return std::get_if<QuantizedRows>(&values_); }

  /// out += row
  void add_row(std::size_t row, std::span<float> out) const;
  float dot_row(std::size_t row, std::span<const float> vector) const;
  /// The row itself.
  void copy_row(std::size_t row, std::span<float> out) const;

 private:
  float length_of(const QuantizedRows& rows, std::size_t row) const;

  std::size_t rows_ = 0;
  std::size_t dimensions_ = 0;
  std::variant<DenseRows, QuantizedRows> values_;
};

/// The rows of a matrix that nobody trains any more; the result keeps it.
FastTextMatrix given_away(SharedMatrix matrix);

}  // namespace kindred::words
