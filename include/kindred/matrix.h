/// Rows of float32 values, one vector a row: what every chapter of Kindred hands to the next.
///
/// A Matrix owns its values, a MatrixView looks at somebody's. Both are row-major, rows x
/// dimensions, and have no padding between rows. The storage of a Matrix starts on a 64-byte
/// boundary; a view promises no alignment (NumPy's arrays have 16 bytes).
///
/// Thread safety: as for a plain array. Cost: construction of a Matrix zeroes it; moving is free
/// and leaves it empty; copying must be asked for with clone().
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace kindred {

/// rows x dimensions float32 values that somebody else owns and keeps alive.
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(const float* values, std::size_t rows, std::size_t dimensions)
      : values_(values), rows_(rows), dimensions_(dimensions) {}

  std::size_t rows() const { return rows_; }
  std::size_t dimensions() const { return dimensions_; }
  bool empty() const { return rows_ == 0; }
  const float* data() const { return values_; }
  std::span<const float> row(std::size_t i) const {
    return {values_ + i * dimensions_, dimensions_};
  }
  std::span<const float> values() const { return {values_, rows_ * dimensions_}; }
  MatrixView slice(std::size_t begin, std::size_t count) const {
    return {values_ + begin * dimensions_, count, dimensions_};
  }

 private:
  const float* values_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t dimensions_ = 0;
};

/// rows x dimensions float32 values, 64-byte aligned, zero at first. Throws std::bad_alloc where
/// memory runs out or rows * dimensions overflows.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t dimensions);
  Matrix(Matrix&& other) noexcept
      : values_(std::move(other.values_)),
        rows_(std::exchange(other.rows_, 0)),
        dimensions_(std::exchange(other.dimensions_, 0)) {}
  Matrix& operator=(Matrix&& other) noexcept {
    values_ = std::move(other.values_);
    rows_ = std::exchange(other.rows_, 0);
    dimensions_ = std::exchange(other.dimensions_, 0);
    return *this;
  }
  ~Matrix() = default;

  std::size_t rows() const { return rows_; }
  std::size_t dimensions() const { return dimensions_; }
  bool empty() const { return rows_ == 0; }
  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  std::span<float> row(std::size_t i) { return {data() + i * dimensions_, dimensions_}; }
  std::span<const float> row(std::size_t i) const {
    return {data() + i * dimensions_, dimensions_};
  }
  std::span<float> values() { return {data(), rows_ * dimensions_}; }
  std::span<const float> values() const { return {data(), rows_ * dimensions_}; }

  MatrixView view() const { return {data(), rows_, dimensions_}; }
  // NOLINTNEXTLINE(google-explicit-constructor): a Matrix is a view
  operator MatrixView() const { return view(); }
  Matrix clone() const;

 private:
  struct Free {
    void operator()(float* values) const;
  };
  std::unique_ptr<float[], Free> values_;
  std::size_t rows_ = 0;
  std::size_t dimensions_ = 0;
};

}  // namespace kindred
