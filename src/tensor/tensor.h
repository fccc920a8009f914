/// Activations: the values that flow from one operation of a model to the next.
///
/// A Tensor is rows x columns float32, row-major. A row is a token (or a text, after pooling); the
/// sequences of a batch stand one after the other without padding, and `Sequences` says where each
/// starts. Tensors live in a Workspace, which keeps the memory of those that are gone for those to
/// come: a forward pass allocates only until its Workspace has seen its largest batch. A Tape
/// (tape.h) on the Workspace makes every operation remember what its gradient needs.
///
/// Thread safety: a Workspace and its Tensors belong to one thread at a time; operations may spread
/// their own work over the pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/aligned.h"

namespace kindred::tensor {

/// Where the sequences of a batch stand in its rows: sequence i has the rows [starts[i], starts[i +
/// 1]).
using Sequences = std::span<const std::size_t>;

/// Of each sequence, how many of its rows, the first ones, take part in the results of the others
/// (at least 1); empty: all of each.
using Attended = std::span<const std::size_t>;

/// Rows of the longest one.
std::size_t longest_of(Sequences sequences);
/// Of each row, which of its sequence it is: 0, 1, ...
std::vector<std::uint32_t> places_of(Sequences sequences);

class Tape;
class Tensor;

/// Memory for Tensors. It must outlive them.
class Workspace {
 public:
  /// rows x columns values, not initialised.
  Tensor tensor(std::size_t rows, std::size_t columns);

  /// Where operations write down what they do; nullptr where they need not.
  Tape* recording() const { return recording_; }

 private:
  friend class Tape;
  friend class Tensor;
  std::vector<base::AlignedArray<float>> free_;
  Tape* tape_ = nullptr;         // keeps the values of the tensors that it knows
  Tape* recording_ = nullptr;    // the same, but while it goes back
  std::uint64_t variables_ = 0;  // numbers given to tensors, by any tape so far
};

class Tensor {
 public:
  Tensor() = default;
  Tensor(Tensor&& other) noexcept { swap(other); }
  Tensor& operator=(Tensor&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Tensor();

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  float* data() { return values_.data(); }
  const float* data() const { return values_.data(); }
  float* row(std::size_t i) { return data() + i * columns_; }
  const float* row(std::size_t i) const { return data() + i * columns_; }
  std::span<const float> values() const { return {data(), rows_ * columns_}; }

 private:
  friend class Tape;
  friend class Workspace;
  void swap(Tensor& other) noexcept {
    std::swap(workspace_, other.workspace_);
    std::swap(values_, other.values_);
    std::swap(rows_, other.rows_);
    std::swap(columns_, other.columns_);
    std::swap(variable_, other.variable_);
    std::swap(remembered_, other.remembered_);
  }
  Workspace* workspace_ = nullptr;
  base::AlignedArray<float> values_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::uint64_t variable_ = 0;       // the number that a tape gave it, 0 where none did
  mutable bool remembered_ = false;  // a step of a tape reads its values
};

}  // namespace kindred::tensor
