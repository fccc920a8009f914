#include "tensor/rms_norm.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/thread_pool.h"
#include "simd/dispatch.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/rms_norm.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/functions-inl.h"
// clang-format on

#ifndef KINDRED_TENSOR_RMS_NORM_ROW
#define KINDRED_TENSOR_RMS_NORM_ROW
namespace kindred::tensor {

/// What a kernel needs of an RmsNorm.
struct RmsNormRow {
  const float* gain;
  std::size_t size;
  float epsilon;
  float offset;
};

}  // namespace kindred::tensor
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// The sum of a[i] b[i]: whole vectors first, then what is left, one by one.
HWY_INLINE HWY_ATTR float sum_of_products(const float* a, const float* b, std::size_t size) {
  const hn::ScalableTag<float> d;
  auto total = hn::Zero(d);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d))
    total = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), total);
  float rest = 0;
  for (; i < size; ++i) rest += a[i] * b[i];
  return hn::GetLane(hn::SumOfLanes(d, total)) + rest;
}

HWY_INLINE HWY_ATTR float inverse_root(const float* x, const RmsNormRow& norm) {
  const float mean = sum_of_products(x, x, norm.size) / static_cast<float>(norm.size);
  return 1.0F / std::sqrt(mean + norm.epsilon);
}

struct ScaleRow {
  const float* x;
  float* out;
  const RmsNormRow& norm;
  float inverse;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto standard = hn::Mul(hn::LoadU(d, x + i), hn::Set(d, inverse));
    const auto gain = hn::Add(hn::LoadU(d, norm.gain + i), hn::Set(d, norm.offset));
    hn::StoreU(hn::Mul(standard, gain), d, out + i);
  }
};

/// out may be x.
HWY_ATTR void rms_norm_row(const float* x, const RmsNormRow& norm, float* out) {
  for_each_vector(norm.size, ScaleRow{x, out, norm, inverse_root(x, norm)});
}

/// With s = x / root and g the gradient of s: d x = (g - s mean(g s)) / root. First g, in `out`,
/// and the gain's share, gradient s, which is added.
struct GradientOfScaled {
  const float* x;
  const float* gradient;
  float* out;
  float* gain;
  const RmsNormRow& norm;
  float inverse;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto above = hn::LoadU(d, gradient + i);
    const auto standard = hn::Mul(hn::LoadU(d, x + i), hn::Set(d, inverse));
    hn::StoreU(hn::MulAdd(above, standard, hn::LoadU(d, gain + i)), d, gain + i);
    const auto factor = hn::Add(hn::LoadU(d, norm.gain + i), hn::Set(d, norm.offset));
    hn::StoreU(hn::Mul(above, factor), d, out + i);
  }
};

struct GradientOfSquares {
  const float* x;
  float* out;  // g becomes d x
  float inverse;
  float share;  // mean(g s) / root: what s takes of it
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto turned = hn::Mul(hn::LoadU(d, out + i), hn::Set(d, inverse));
    hn::StoreU(hn::NegMulAdd(hn::LoadU(d, x + i), hn::Set(d, share), turned), d, out + i);
  }
};

/// out may be the gradient.
HWY_ATTR void rms_norm_gradient_row(const float* x, const float* gradient, const RmsNormRow& norm,
                                    float* out, float* gain) {
  const float inverse = inverse_root(x, norm);
  for_each_vector(norm.size, GradientOfScaled{x, gradient, out, gain, norm, inverse});
  const float mean = sum_of_products(out, x, norm.size) * inverse / static_cast<float>(norm.size);
  for_each_vector(norm.size, GradientOfSquares{x, out, inverse, mean * inverse * inverse});
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(rms_norm_row);
HWY_EXPORT(rms_norm_gradient_row);

namespace {

/// Rows that one item of the loop takes: some microseconds of work.
constexpr std::size_t kBlockRows = 64;

/// The columns of a row that are normalised, piece by piece.
struct Pieces {
  std::size_t first;
  std::size_t count;
};

RmsNormRow row_of(const RmsNorm& norm) {
  return {.gain = norm.gain->values.data(),
          .size = norm.gain->values.size(),
          .epsilon = norm.epsilon,
          .offset = norm.offset};
}

/// Calls body(block, row) for all rows.
template <typename Body>
void for_each_row(std::size_t rows, const Body& body) {
  base::parallel_for((rows + kBlockRows - 1) / kBlockRows, [&](std::size_t block, std::size_t) {
    for (std::size_t row = block * kBlockRows; row < std::min(rows, (block + 1) * kBlockRows);
         ++row)
      body(block, row);
  });
}

/// Both of the same shape, perhaps the same memory.
void normalize(const Tensor& x, Pieces pieces, const RmsNorm& norm, float* out) {
  const RmsNormRow row_norm = row_of(norm);
  assert(pieces.first + pieces.count * row_norm.size <= x.columns());
  const auto rms_norm_row = KINDRED_SIMD_DISPATCH(rms_norm_row);
  for_each_row(x.rows(), [&](std::size_t, std::size_t row) {
    for (std::size_t piece = 0; piece < pieces.count; ++piece) {
      const std::size_t column = pieces.first + piece * row_norm.size;
      rms_norm_row(x.row(row) + column, row_norm, out + row * x.columns() + column);
    }
  });
}

/// d loss / d x, and the gradient of the gain. What isn't normalised keeps its gradient.
Tensor gradient_of(Workspace& workspace, const Remembered& x, Pieces pieces, const Tensor& gradient,
                   const RmsNorm& norm) {
  const RmsNormRow row_norm = row_of(norm);
  Tensor out = workspace.tensor(x.rows, x.columns);
  std::ranges::copy(gradient.values(), out.data());
  Tensor gains = workspace.tensor((x.rows + kBlockRows - 1) / kBlockRows, row_norm.size);
  std::fill_n(gains.data(), gains.values().size(), 0.0F);
  const auto rms_norm_gradient_row = KINDRED_SIMD_DISPATCH(rms_norm_gradient_row);
  for_each_row(x.rows, [&](std::size_t block, std::size_t row) {
    for (std::size_t piece = 0; piece < pieces.count; ++piece) {
      const std::size_t column = pieces.first + piece * row_norm.size;
      rms_norm_gradient_row(x.row(row) + column, out.row(row) + column, row_norm,
                            out.row(row) + column, gains.row(block));
    }
  });
  if (norm.gain->trained())
    for (std::size_t block = 0; block < gains.rows(); ++block)
      for (std::size_t i = 0; i < row_norm.size; ++i) norm.gain->gradient[i] += gains.row(block)[i];
  return out;
}

void record(Workspace& workspace, const Tensor& x, Pieces pieces, const RmsNorm& norm,
            Tensor& out) {
  Tape* tape = workspace.recording();
  tape->record(out,
               [&workspace, tape, pieces, norm, input = tape->remember(x)](const Tensor& gradient) {
                 tape->add(input, gradient_of(workspace, input, pieces, gradient, norm));
               });
}

}  // namespace

Tensor rms_norm(Workspace& workspace, const Tensor& x, const RmsNorm& norm) {
  assert(norm.gain->values.size() == x.columns());
  Tensor out = workspace.tensor(x.rows(), x.columns());
  normalize(x, {.first = 0, .count = 1}, norm, out.data());
  if (workspace.recording() != nullptr) record(workspace, x, {.first = 0, .count = 1}, norm, out);
  return out;
}

Tensor rms_norm_heads(Workspace& workspace, Tensor x, std::size_t first, std::size_t heads,
                      const RmsNorm& norm) {
  const Pieces pieces{.first = first, .count = heads};
  if (workspace.recording() == nullptr) {
    normalize(x, pieces, norm, x.data());
    return x;
  }
  Tensor out = workspace.tensor(x.rows(), x.columns());
  std::ranges::copy(x.values(), out.data());
  normalize(x, pieces, norm, out.data());
  record(workspace, x, pieces, norm, out);
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
