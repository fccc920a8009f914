/// A parameter of a model: numbers that training changes.
///
/// Where a model is only run, its matrices are packed and its tables stay in their mapped file
/// (linear.h, gather.h); where it is trained, every operation reads a Parameter's values as they
/// are at that moment and adds to its gradient when the tape goes back (tape.h).
///
/// Thread safety: as a float's. A forward pass reads values, Tape::backward() writes gradients.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace kindred::tensor {

struct Parameter {
  std::vector<float> values;
  /// d loss / d values, summed over the passes since it was last set to zero. Empty where the
  /// parameter is held fixed.
  std::vector<float> gradient;

  bool trained() const { return !gradient.empty(); }
};

/// Several operations may read the same one (tied weights).
using SharedParameter = std::shared_ptr<Parameter>;

inline SharedParameter fixed_parameter(std::vector<float> values) {
  return std::make_shared<Parameter>(Parameter{std::move(values), {}});
}

inline SharedParameter trained_parameter(std::vector<float> values) {
  std::vector<float> gradient(values.size());
  return std::make_shared<Parameter>(Parameter{std::move(values), std::move(gradient)});
}

}  // namespace kindred::tensor
