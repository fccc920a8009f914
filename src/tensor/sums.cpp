#include "tensor/sums.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/thread_pool.h"
#include "tensor/tape.h"

namespace kindred::tensor {
namespace {

/// Calls body(i) for each of `size` values.
template <typename Body>
void for_each_value(std::size_t size, const Body& body) {
  constexpr std::size_t kPiece = 1 << 15;  // some microseconds of work
  base::parallel_for((size + kPiece - 1) / kPiece, [&](std::size_t piece, std::size_t) {
    const std::size_t last = std::min(size, (piece + 1) * kPiece);
    for (std::size_t i = piece * kPiece; i < last; ++i) body(i);
  });
}

/// factor x in new memory.
Tensor multiple(Workspace& workspace, const Tensor& x, float factor) {
  Tensor out = workspace.tensor(x.rows(), x.columns());
  const float* from = x.data();
  float* to = out.data();
  for_each_value(x.values().size(), [=](std::size_t i) { to[i] = factor * from[i]; });
  return out;
}

}  // namespace

Tensor add(Workspace& workspace, Tensor x, const Tensor& y) {
  assert(x.rows() == y.rows() && x.columns() == y.columns());
  const auto add_to = [&y](Tensor& sum) {
    float* to = sum.data();
    const float* from = y.data();
    for_each_value(sum.values().size(), [=](std::size_t i) { to[i] += from[i]; });
  };
  Tape* tape = workspace.recording();
  if (tape == nullptr) {
    add_to(x);
    return x;
  }
  Tensor out = multiple(workspace, x, 1);
  add_to(out);
  tape->record(out, [&workspace, tape, first = tape->variable(x),
                     second = tape->variable(y)](const Tensor& gradient) {
    tape->add(first, multiple(workspace, gradient, 1));
    tape->add(second, multiple(workspace, gradient, 1));
  });
  return out;
}

Tensor scale(Workspace& workspace, Tensor x, float factor) {
  Tape* tape = workspace.recording();
  if (tape == nullptr) {
    float* values = x.data();
    for_each_value(x.values().size(), [=](std::size_t i) { values[i] *= factor; });
    return x;
  }
  Tensor out = multiple(workspace, x, factor);
  tape->record(out, [&workspace, tape, factor, input = tape->variable(x)](const Tensor& gradient) {
    tape->add(input, multiple(workspace, gradient, factor));
  });
  return out;
}

}  // namespace kindred::tensor
