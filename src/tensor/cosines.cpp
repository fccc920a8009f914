#include "tensor/cosines.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "tensor/tape.h"

namespace kindred::tensor {
namespace {

constexpr float kLeastLength = 1e-8F;

float dot(const float* a, const float* b, std::size_t size) {
  float sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

struct Lengths {
  float a;
  float b;
  float cosine;
};

Lengths lengths(const float* a, const float* b, std::size_t size) {
  const float a_length = std::max(std::sqrt(dot(a, a, size)), kLeastLength);
  const float b_length = std::max(std::sqrt(dot(b, b, size)), kLeastLength);
  return {a_length, b_length, dot(a, b, size) / (a_length * b_length)};
}

/// d cosine / d a = b / (|a| |b|) - cosine a / |a|^2, times the gradient of each row's cosine.
Tensor gradient_of(Workspace& workspace, const Remembered& a, const Remembered& b,
                   const Tensor& gradient) {
  Tensor out = workspace.tensor(a.rows, a.columns);
  for (std::size_t row = 0; row < a.rows; ++row) {
    const Lengths of = lengths(a.row(row), b.row(row), a.columns);
    const float along_b = gradient.row(row)[0] / (of.a * of.b);
    // Where the length is bounded it is a constant, and does not push back.
    const float along_a =
        of.a > kLeastLength ? gradient.row(row)[0] * of.cosine / (of.a * of.a) : 0.0F;
    for (std::size_t column = 0; column < a.columns; ++column)
      out.row(row)[column] = along_b * b.row(row)[column] - along_a * a.row(row)[column];
  }
  return out;
}

}  // namespace

Tensor row_cosines(Workspace& workspace, const Tensor& a, const Tensor& b) {
  assert(a.rows() == b.rows() && a.columns() == b.columns());
  Tensor out = workspace.tensor(a.rows(), 1);
  for (std::size_t row = 0; row < a.rows(); ++row)
    out.row(row)[0] = lengths(a.row(row), b.row(row), a.columns()).cosine;
  if (Tape* tape = workspace.recording())
    tape->record(out, [&workspace, tape, left = tape->remember(a),
                       right = tape->remember(b)](const Tensor& gradient) {
      if (left.number != 0) tape->add(left, gradient_of(workspace, left, right, gradient));
      if (right.number != 0) tape->add(right, gradient_of(workspace, right, left, gradient));
    });
  return out;
}

}  // namespace kindred::tensor
