#include "tensor/tape.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace kindred::tensor {

Tape::Tape(Workspace& workspace) : workspace_(workspace), first_(workspace.variables_ + 1) {
  assert(workspace.tape_ == nullptr);
  workspace.tape_ = workspace.recording_ = this;
}

Tape::~Tape() {
  entries_.clear();
  workspace_.tape_ = workspace_.recording_ = nullptr;
  std::ranges::move(kept_, std::back_inserter(workspace_.free_));
}

Variable Tape::variable(const Tensor& tensor) const {
  return {.number = tensor.variable_ < first_ ? 0 : tensor.variable_,
          .rows = tensor.rows(),
          .columns = tensor.columns()};
}

Remembered Tape::remember(const Tensor& tensor) const {
  tensor.remembered_ = true;
  return {variable(tensor), tensor.data()};
}

void Tape::record(Tensor& output, Step step) {
  entries_.push_back({.step = std::move(step), .gradient = {}});
  output.variable_ = ++workspace_.variables_;
}

void Tape::add(const Variable& variable, Tensor share) {
  if (variable.number == 0) return;
  assert(share.rows() == variable.rows && share.columns() == variable.columns);
  Tensor& gradient = entries_[variable.number - first_].gradient;
  if (gradient.rows() == 0) {
    gradient = std::move(share);
    return;
  }
  for (std::size_t i = 0; i < gradient.values().size(); ++i) gradient.data()[i] += share.data()[i];
}

void Tape::backward(const Tensor& output, std::span<const float> gradient) {
  assert(gradient.size() == output.values().size());
  workspace_.recording_ = nullptr;  // what steps do is not recorded in its turn
  Tensor seed = workspace_.tensor(output.rows(), output.columns());
  std::ranges::copy(gradient, seed.data());
  add(variable(output), std::move(seed));
  for (std::size_t i = entries_.size(); i-- > 0;) {
    const Step step = std::exchange(entries_[i].step, nullptr);
    const Tensor above = std::exchange(entries_[i].gradient, Tensor());
    if (above.rows() != 0) step(above);
  }
}

}  // namespace kindred::tensor
