/// The rows of an index, as float32, as halves or as bytes, in memory that grows without moving
/// them or in a mapped file.
///
/// Floats and halves stand as the metric compares them. Bytes stand as they were given, since no
/// others would be whole numbers: where the metric brings rows to length 1, whoever reads them
/// divides by the length that the row had, and a score by that length is the score of the unit row.
///
/// Rows stand in chunks of 65,536 (chunked_rows.h), one after the other without gaps: kernels read
/// them where they are, and files are written from there. Thread safety and cost as ChunkedRows
/// have them; a conversion of a row is about a nanosecond for ten values.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "index/chunked_rows.h"
#include "kindred/index.h"
#include "kindred/matrix.h"
#include "kindred/result.h"

namespace kindred::index {

/// Bytes of one value.
std::size_t value_bytes(RowType type);

/// Whether rows of this type can hold the values: an error names the first row that they can't.
/// given: as they came; prepared: as the metric wants them. Cost: rows of f32 hold everything,
/// others are read once.
Result<void> check_fit(RowType type, MatrixView given, MatrixView prepared);

class TypedRows {
 public:
  static constexpr std::size_t kChunkRows = ChunkedRows<std::byte>::kChunkRows;
  static constexpr std::size_t kMostRows = ChunkedRows<std::byte>::kMostRows;

  /// dimensions: at least 1.
  TypedRows(RowType type, std::size_t dimensions)
      : type_(type), dimensions_(dimensions), rows_(dimensions * value_bytes(type)) {}

  RowType type() const { return type_; }
  std::size_t dimensions() const { return dimensions_; }
  std::size_t row_bytes() const { return rows_.stride(); }
  /// Bytes that rows take.
  std::size_t bytes() const { return rows_.bytes(); }

  /// Room for `rows` rows. Throws std::bad_alloc.
  void grow(std::size_t rows) { rows_.grow(rows); }
  /// Rows that stand in somebody's memory, which outlives this: only to be read.
  void borrow(const std::byte* rows, std::size_t count) { rows_.borrow(rows, count); }

  const void* data(std::size_t row) const { return rows_.row(row); }
  std::span<const std::byte> bytes_of(std::size_t row) const {
    return {rows_.row(row), row_bytes()};
  }
  /// The values as float32, as the metric compares them. length: the one that the row had, where
  /// the metric brings rows to length 1, else 1.
  void get(std::size_t row, std::span<float> to, double length = 1) const;
  /// Rounds the values, which check_fit() has seen: as the metric compares them, of a row that had
  /// this length.
  void set(std::size_t row, std::span<const float> values, double length = 1);
  /// Values of this type, as a file has them.
  void set_bytes(std::size_t row, std::span<const std::byte> values) {
    std::memcpy(rows_.row(row), values.data(), row_bytes());
  }
  void copy(std::size_t from, std::size_t to) {
    std::memcpy(rows_.row(to), rows_.row(from), row_bytes());
  }

  /// Where the first `rows` rows stand: chunk i begins with row i * kChunkRows.
  std::vector<const void*> chunks(std::size_t rows) const;
  /// The same as bytes, to be written.
  std::vector<std::span<const std::byte>> pieces(std::size_t rows) const;

 private:
  RowType type_;
  std::size_t dimensions_;
  ChunkedRows<std::byte> rows_;
};

}  // namespace kindred::index
