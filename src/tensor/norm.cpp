#include "tensor/norm.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <utility>

#include "base/thread_pool.h"
#include "simd/dispatch.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/norm.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/functions-inl.h"
// clang-format on

#ifndef KINDRED_TENSOR_NORM_ROW
#define KINDRED_TENSOR_NORM_ROW
namespace kindred::tensor {

/// What a kernel needs of a Norm.
struct NormRow {
  const float* gain;
  const float* bias;
  std::size_t size;
  float epsilon;
};

/// Gradients of one row; those of gain and bias are added to.
struct NormGradients {
  float* x;
  float* gain;
  float* bias;
};

}  // namespace kindred::tensor
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// The sum of term(vector of x) over x[0, size): whole vectors first, then what is left, one by
/// one.
template <class D, typename Term>
HWY_INLINE HWY_ATTR float sum(D d, const float* x, std::size_t size, const Term& term) {
  const std::size_t lanes = hn::Lanes(d);
  auto total = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) total = hn::Add(total, term(d, hn::LoadU(d, x + i)));
  float rest = 0;
  const hn::CappedTag<float, 1> one;
  for (; i < size; ++i) rest += hn::GetLane(term(one, hn::LoadU(one, x + i)));
  return hn::GetLane(hn::SumOfLanes(d, total)) + rest;
}

struct Itself {
  template <class D, class V>
  HWY_INLINE HWY_ATTR V operator()(D, V x) const {
    return x;
  }
};

struct SquaredDistance {
  float from;
  template <class D, class V>
  HWY_INLINE HWY_ATTR V operator()(D d, V x) const {
    const V difference = hn::Sub(x, hn::Set(d, from));
    return hn::Mul(difference, difference);
  }
};

struct AddTo {
  float* x;
  const float* residual;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    hn::StoreU(hn::Add(hn::LoadU(d, x + i), hn::LoadU(d, residual + i)), d, x + i);
  }
};

struct Moments {
  float mean;
  float inverse_deviation;
};

HWY_INLINE HWY_ATTR Moments moments(const float* x, const NormRow& norm) {
  const hn::ScalableTag<float> d;
  const auto size = static_cast<float>(norm.size);
  const float mean = sum(d, x, norm.size, Itself{}) / size;
  const float variance = sum(d, x, norm.size, SquaredDistance{mean}) / size;
  return {mean, 1.0F / std::sqrt(variance + norm.epsilon)};
}

struct Scale {
  float* x;
  const NormRow& norm;
  Moments of;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto centred = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, of.mean));
    const auto standard = hn::Mul(centred, hn::Set(d, of.inverse_deviation));
    hn::StoreU(hn::MulAdd(standard, hn::LoadU(d, norm.gain + i), hn::LoadU(d, norm.bias + i)), d,
               x + i);
  }
};

/// residual may be null.
HWY_ATTR void add_norm_row(float* x, const float* residual, const NormRow& norm) {
  if (residual != nullptr) for_each_vector(norm.size, AddTo{x, residual});
  for_each_vector(norm.size, Scale{x, norm, moments(x, norm)});
}

/// With s = (x - mean) / deviation and g the gradient of s: d x = (g - mean(g) - s mean(g s)) /
/// deviation. First pass: g and s, which out.x keeps the former of; the gradients of gain and bias.
struct GradientOfStandard {
  const float* x;
  const float* gradient;
  const NormRow& norm;
  Moments of;
  const NormGradients& out;
  double* sum;          // of g
  double* product_sum;  // of g s
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto centred = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, of.mean));
    const auto standard = hn::Mul(centred, hn::Set(d, of.inverse_deviation));
    const auto above = hn::LoadU(d, gradient + i);
    const auto g = hn::Mul(above, hn::LoadU(d, norm.gain + i));
    hn::StoreU(g, d, out.x + i);
    hn::StoreU(hn::MulAdd(above, standard, hn::LoadU(d, out.gain + i)), d, out.gain + i);
    hn::StoreU(hn::Add(above, hn::LoadU(d, out.bias + i)), d, out.bias + i);
    *sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, g)));
    *product_sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, hn::Mul(g, standard))));
  }
};

struct GradientOfRow {
  const float* x;
  Moments of;
  float mean;          // of g
  float product_mean;  // of g s
  float* out;          // g becomes d x
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto inverse_deviation = hn::Set(d, of.inverse_deviation);
    const auto standard =
        hn::Mul(hn::Sub(hn::LoadU(d, x + i), hn::Set(d, of.mean)), inverse_deviation);
    const auto centred = hn::Sub(hn::LoadU(d, out + i), hn::Set(d, mean));
    hn::StoreU(
        hn::Mul(hn::NegMulAdd(standard, hn::Set(d, product_mean), centred), inverse_deviation), d,
        out + i);
  }
};

HWY_ATTR void norm_gradient_row(const float* x, const float* gradient, const NormRow& norm,
                                const NormGradients& out) {
  const Moments of = moments(x, norm);
  double sum = 0;
  double product_sum = 0;
  for_each_vector(norm.size, GradientOfStandard{x, gradient, norm, of, out, &sum, &product_sum});
  const auto size = static_cast<double>(norm.size);
  for_each_vector(norm.size, GradientOfRow{x, of, static_cast<float>(sum / size),
                                           static_cast<float>(product_sum / size), out.x});
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(add_norm_row);
HWY_EXPORT(norm_gradient_row);

namespace {

/// Rows that one item of the loop takes: some microseconds of work.
constexpr std::size_t kBlockRows = 64;

NormRow row_of(const Norm& norm) {
  return {.gain = norm.gain->values.data(),
          .bias = norm.bias->values.data(),
          .size = norm.gain->values.size(),
          .epsilon = norm.epsilon};
}

/// Calls body(block, first, last) for the blocks of rows.
template <typename Body>
void for_each_block(std::size_t rows, const Body& body) {
  base::parallel_for((rows + kBlockRows - 1) / kBlockRows, [&](std::size_t block, std::size_t) {
    body(block, block * kBlockRows, std::min(rows, (block + 1) * kBlockRows));
  });
}

/// d loss / d x, and the gradients of gain and bias.
Tensor gradient_of(Workspace& workspace, const Remembered& x, const Tensor& gradient,
                   const Norm& norm) {
  Tensor out = workspace.tensor(x.rows, x.columns);
  const std::size_t blocks = (x.rows + kBlockRows - 1) / kBlockRows;
  Tensor shares = workspace.tensor(2 * blocks, x.columns);  // of gain and bias, a block each
  const auto norm_gradient_row = KINDRED_SIMD_DISPATCH(norm_gradient_row);
  for_each_block(x.rows, [&](std::size_t block, std::size_t first, std::size_t last) {
    float* gain = shares.row(2 * block);
    float* bias = shares.row(2 * block + 1);
    std::fill_n(gain, 2 * x.columns, 0.0F);
    for (std::size_t row = first; row < last; ++row)
      norm_gradient_row(x.row(row), gradient.row(row), row_of(norm),
                        {.x = out.row(row), .gain = gain, .bias = bias});
  });
  for (std::size_t block = 0; block < blocks; ++block)
    for (std::size_t column = 0; column < x.columns; ++column) {
      if (norm.gain->trained()) norm.gain->gradient[column] += shares.row(2 * block)[column];
      if (norm.bias->trained()) norm.bias->gradient[column] += shares.row(2 * block + 1)[column];
    }
  return out;
}

/// residual may be null.
Tensor normalize(Tensor x, const Tensor* residual, const Norm& norm) {
  assert(norm.gain->values.size() == x.columns() && norm.bias->values.size() == x.columns());
  const auto add_norm_row = KINDRED_SIMD_DISPATCH(add_norm_row);
  for_each_block(x.rows(), [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t row = first; row < last; ++row)
      add_norm_row(x.row(row), residual == nullptr ? nullptr : residual->row(row), row_of(norm));
  });
  return x;
}

/// The same, recorded: x + residual has to stay.
Tensor recorded_normalize(Workspace& workspace, Tape& tape, const Tensor& x, const Tensor* residual,
                          const Norm& norm) {
  Tensor sum = workspace.tensor(x.rows(), x.columns());
  for (std::size_t i = 0; i < sum.values().size(); ++i)
    sum.data()[i] = residual == nullptr ? x.data()[i] : x.data()[i] + residual->data()[i];
  Tensor out = workspace.tensor(x.rows(), x.columns());
  std::ranges::copy(sum.values(), out.data());
  out = normalize(std::move(out), nullptr, norm);
  std::optional<Variable> other;
  if (residual != nullptr) other = tape.variable(*residual);
  tape.record(out, [&workspace, &tape, norm, first = tape.variable(x), other,
                    input = tape.remember(sum)](const Tensor& gradient) {
    Tensor share = gradient_of(workspace, input, gradient, norm);
    if (other) {
      Tensor same = workspace.tensor(share.rows(), share.columns());
      std::ranges::copy(share.values(), same.data());
      tape.add(*other, std::move(same));
    }
    tape.add(first, std::move(share));
  });
  return out;
}

}  // namespace

Tensor add_norm(Workspace& workspace, Tensor x, const Tensor& residual, const Norm& norm) {
  assert(residual.rows() == x.rows() && residual.columns() == x.columns());
  if (Tape* tape = workspace.recording())
    return recorded_normalize(workspace, *tape, x, &residual, norm);
  return normalize(std::move(x), &residual, norm);
}

Tensor normalize_rows(Workspace& workspace, const Tensor& x, const Norm& norm) {
  if (Tape* tape = workspace.recording())
    return recorded_normalize(workspace, *tape, x, nullptr, norm);
  Tensor out = workspace.tensor(x.rows(), x.columns());
  std::ranges::copy(x.values(), out.data());
  return normalize(std::move(out), nullptr, norm);
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
