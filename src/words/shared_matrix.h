/// A matrix that all threads of a training change at once, without locks: Hogwild (Niu et al. 2011,
/// arXiv:1106.5730).
///
/// Two threads that add to one row at the same time may lose a part of one's change; rows are many
/// and changes small, so little is lost, and that is the price of no lock. The functions that do so
/// (window_update.h) say KINDRED_RACES_ON_PURPOSE, which takes them out of the thread sanitizer's
/// sight, and nothing else does. Floats are read and written whole on every machine that we run on.
///
/// Rows are aligned to a cache line and padded with zeros, so that kernels need no remainders. Rows
/// that nobody has touched take no memory.
/// Thread safety: as said.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/aligned.h"
#include "kindred/matrix.h"
#include "words/window_update.h"

#if defined(__SANITIZE_THREAD__)
#define KINDRED_RACES_ON_PURPOSE __attribute__((no_sanitize("thread")))
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KINDRED_RACES_ON_PURPOSE __attribute__((no_sanitize("thread")))
#endif
#endif
#ifndef KINDRED_RACES_ON_PURPOSE
#define KINDRED_RACES_ON_PURPOSE
#endif

namespace kindred::words {

class SharedMatrix {
 public:
  /// All zeros.
  SharedMatrix(std::size_t rows, std::size_t dimensions)
      : rows_(rows),
        dimensions_(dimensions),
        stride_((dimensions + kRowPadding - 1) / kRowPadding * kRowPadding),
        values_(rows * stride_) {}

  std::size_t rows() const { return rows_; }
  std::size_t dimensions() const { return dimensions_; }
  /// Floats from a row to the next.
  std::size_t stride() const { return stride_; }
  float* row(std::size_t i) { return values_.data() + i * stride_; }
  const float* row(std::size_t i) const { return values_.data() + i * stride_; }

  /// Asks for a row before it is needed.
  void prefetch(std::size_t i) const {
    constexpr std::size_t kLine = 64 / sizeof(float);
    const float* const begin = row(i);
    for (std::size_t k = 0; k < dimensions_; k += kLine) __builtin_prefetch(begin + k, 1);
  }

  /// The rows without their padding, when nobody trains any more.
  Matrix unpadded() const {
    Matrix matrix(rows_, dimensions_);
    for (std::size_t i = 0; i < rows_; ++i) std::copy_n(row(i), dimensions_, matrix.row(i).begin());
    return matrix;
  }

 private:
  std::size_t rows_;
  std::size_t dimensions_;
  std::size_t stride_;
  base::ZeroedArray<float> values_;
};

/// Makes rows small random vectors, values between -bound and bound: how training begins. A row's
/// are the same for a seed, whichever others are made.
void randomize(SharedMatrix& matrix, std::span<const std::uint32_t> rows, float bound,
               std::uint64_t seed);
/// Each number once, in order.
std::vector<std::uint32_t> distinct(std::span<const std::uint32_t> rows);
/// A matrix whose rows are all so.
SharedMatrix random_rows(std::size_t rows, std::size_t dimensions, float bound, std::uint64_t seed);

}  // namespace kindred::words
