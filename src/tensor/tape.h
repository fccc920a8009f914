/// Gradients by reverse-mode differentiation (Griewank and Walther 2008, chapter 3): what a forward
/// pass did is written on a tape, and read backwards with the chain rule.
///
///     Workspace workspace;
///     Tape tape(workspace);                         // from here on, operations are recorded
///     Tensor hidden = encoder.forward(workspace, batch);
///     Tensor vectors = mean_pool(workspace, hidden, batch.starts);
///     tape.backward(vectors, gradient);             // gradient: d loss / d vectors
///     // every Parameter's gradient has its share added
///
/// There is one definition of a model: the same functions run it and train it. An operation whose
/// Workspace has a tape remembers its inputs beside doing its work; its result is the same to the
/// bit, and a Workspace without a tape costs nothing. Values that gradients need stay with the tape
/// when their tensors are gone, so memory grows with the depth of the model.
///
/// Deterministic at any thread count: gradients that come from several places are added in the
/// reverse order of the forward pass, sums over rows in the order of the rows.
///
/// Thread safety: a tape belongs to its Workspace's thread. Two tapes that reach the same
/// Parameters may record side by side, but not go back side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace kindred::tensor {

/// What a step of the tape remembers of a tensor.
struct Variable {
  std::uint64_t number = 0;  ///< 0: depends on no parameter, no gradient is asked for
  std::size_t rows = 0;
  std::size_t columns = 0;
};

/// The same, with the values, which stay where they are while the tape lives.
struct Remembered : Variable {
  const float* values = nullptr;
  const float* row(std::size_t i) const { return values + i * columns; }
};

class Tape {
 public:
  /// Records what is done with this workspace, which must outlive the tape and has no other.
  /// Tensors from before it are constants to it.
  explicit Tape(Workspace& workspace);
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Adds to the gradient of every trained Parameter that `output` depends on. gradient: d loss / d
  /// output, as many values as output has. Once a tape: what was recorded is used up.
  void backward(const Tensor& output, std::span<const float> gradient);

  // For operations.

  /// The step of one operation: gets d loss / d output, gives shares to its inputs by add(), and to
  /// Parameters directly.
  using Step = std::function<void(const Tensor& gradient)>;

  Variable variable(const Tensor& tensor) const;
  /// A tensor whose values a step will read.
  Remembered remember(const Tensor& tensor) const;
  /// Notes how `output` came about.
  void record(Tensor& output, Step step);
  /// Adds a share of d loss / d variable.
  void add(const Variable& variable, Tensor share);

 private:
  friend class Tensor;
  struct Entry {
    Step step;
    Tensor gradient;  // no rows: nothing depends on it
  };

  Workspace& workspace_;
  std::uint64_t first_;         // the number of the first variable
  std::vector<Entry> entries_;  // a variable each
  std::vector<base::AlignedArray<float>> kept_;
};

}  // namespace kindred::tensor
