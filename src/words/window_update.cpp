#include "words/window_update.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "simd/dispatch.h"
#include "words/shared_matrix.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "words/window_update.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::words::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kRowPadding>;
using Vector = hn::Vec<Floats>;

/// Outputs whose rows are held in registers at a time.
inline constexpr std::size_t kBlock = 6;

/// g = (label - sigmoid(input . output)) * rate of one input and kCount outputs, behind each other.
template <std::size_t kCount>
HWY_INLINE HWY_ATTR void score(const WindowUpdate& update, std::size_t first,
                               const float* HWY_RESTRICT input, float* HWY_RESTRICT gradients) {
  const Floats d;
  Vector sums[kCount];
  const float* outputs[kCount];
#pragma GCC unroll 6
  for (std::size_t j = 0; j < kCount; ++j) {
    sums[j] = hn::Zero(d);
    outputs[j] = update.outputs[first + j];
  }
  for (std::size_t k = 0; k < update.stride; k += hn::Lanes(d)) {
    const Vector values = hn::Load(d, input + k);
#pragma GCC unroll 6
    for (std::size_t j = 0; j < kCount; ++j)
      sums[j] = hn::MulAdd(values, hn::Load(d, outputs[j] + k), sums[j]);
  }
#pragma GCC unroll 6
  for (std::size_t j = 0; j < kCount; ++j) gradients[j] = hn::GetLane(hn::SumOfLanes(d, sums[j]));
}

/// From scores to gradients.
HWY_INLINE HWY_ATTR void gradients_of(const WindowUpdate& update, std::size_t first,
                                      std::size_t count, float* HWY_RESTRICT gradients) {
  const hn::CappedTag<float, 8> d;
  HWY_ALIGN float labels[8] = {};
  for (std::size_t j = 0; j < count; ++j) labels[j] = update.labels[first + j];
  const auto one = hn::Set(d, 1.0F);
  const auto rate = hn::Set(d, update.rate);
  for (std::size_t i = 0; i < update.input_count; ++i)
    for (std::size_t j = 0; j < 8; j += hn::Lanes(d)) {
      float* const at = gradients + i * 8 + j;
      const auto sigmoid = hn::Div(one, hn::Add(one, hn::Exp(d, hn::Neg(hn::Load(d, at)))));
      hn::Store(hn::Mul(hn::Sub(hn::Load(d, labels + j), sigmoid), rate), d, at);
    }
}

/// Adds the changes of all inputs by kCount outputs, and of these.
template <std::size_t kCount>
HWY_INLINE HWY_ATTR void change(const WindowUpdate& update, std::size_t first,
                                const float* HWY_RESTRICT gradients) {
  const Floats d;
  for (std::size_t k = 0; k < update.stride; k += hn::Lanes(d)) {
    Vector rows[kCount];
    Vector changes[kCount];
#pragma GCC unroll 6
    for (std::size_t j = 0; j < kCount; ++j) {
      rows[j] = hn::Load(d, update.outputs[first + j] + k);
      changes[j] = hn::Zero(d);
    }
    for (std::size_t i = 0; i < update.input_count; ++i) {
      const Vector input = hn::Load(d, update.inputs[i] + k);
      Vector sum = hn::Zero(d);
#pragma GCC unroll 6
      for (std::size_t j = 0; j < kCount; ++j) {
        const Vector gradient = hn::Set(d, gradients[i * 8 + j]);
        sum = hn::MulAdd(gradient, rows[j], sum);
        changes[j] = hn::MulAdd(gradient, input, changes[j]);
      }
      float* const to = update.input_targets[i] + k;
      hn::Store(hn::Add(hn::Load(d, to), sum), d, to);
    }
    // Read again: one row may be there twice.
#pragma GCC unroll 6
    for (std::size_t j = 0; j < kCount; ++j) {
      float* const to = update.outputs[first + j] + k;
      hn::Store(hn::Add(hn::Load(d, to), changes[j]), d, to);
    }
  }
}

template <std::size_t kCount>
KINDRED_RACES_ON_PURPOSE HWY_NOINLINE HWY_ATTR void update_block(const WindowUpdate& update,
                                                                 std::size_t first,
                                                                 float* HWY_RESTRICT gradients) {
  for (std::size_t i = 0; i < update.input_count; ++i)
    score<kCount>(update, first, update.inputs[i], gradients + i * 8);
  gradients_of(update, first, kCount, gradients);
  change<kCount>(update, first, gradients);
}

/// The same for a number of outputs known at run time, 1 to kBlock.
template <std::size_t kCount = kBlock>
HWY_INLINE HWY_ATTR void update_outputs(const WindowUpdate& update, std::size_t first,
                                        std::size_t count, float* gradients) {
  if (count == kCount)
    update_block<kCount>(update, first, gradients);
  else if constexpr (kCount > 1)
    update_outputs<kCount - 1>(update, first, count, gradients);
}

HWY_ATTR void update_window(const WindowUpdate& update, float* gradients) {
  for (std::size_t first = 0; first < update.output_count; first += kBlock)
    update_outputs(update, first, std::min(kBlock, update.output_count - first), gradients);
}

KINDRED_RACES_ON_PURPOSE HWY_ATTR void sum_of_rows(const float* const* rows, const float* weights,
                                                   std::size_t count, std::size_t stride,
                                                   float* out) {
  const Floats d;
  for (std::size_t k = 0; k < stride; k += hn::Lanes(d)) {
    Vector sum = hn::Zero(d);
    for (std::size_t i = 0; i < count; ++i)
      sum = hn::MulAdd(hn::Set(d, weights[i]), hn::Load(d, rows[i] + k), sum);
    hn::Store(sum, d, out + k);
  }
}

KINDRED_RACES_ON_PURPOSE HWY_ATTR void add_to_rows(const float* change, float* const* rows,
                                                   std::size_t count, std::size_t stride) {
  const Floats d;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < stride; k += hn::Lanes(d))
      hn::Store(hn::Add(hn::Load(d, rows[i] + k), hn::Load(d, change + k)), d, rows[i] + k);
}

}  // namespace kindred::words::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::words {

HWY_EXPORT(update_window);
HWY_EXPORT(sum_of_rows);
HWY_EXPORT(add_to_rows);

void update_window(const WindowUpdate& update) {
  assert(update.output_count <= kMostOutputs && update.stride % kRowPadding == 0);
  constexpr std::size_t kEach = 8;  // gradients of an input, some of them padding
  constexpr std::size_t kOnStack = 64;
  alignas(64) float few[kOnStack * kEach];
  if (update.input_count <= kOnStack) {
    KINDRED_SIMD_DISPATCH(update_window)(update, few);
    return;
  }
  base::AlignedArray<float> many(update.input_count * kEach);
  KINDRED_SIMD_DISPATCH(update_window)(update, many.data());
}

void sum_of_rows(const float* const* rows, const float* weights, std::size_t count,
                 std::size_t stride, float* out) {
  KINDRED_SIMD_DISPATCH(sum_of_rows)(rows, weights, count, stride, out);
}

void add_to_rows(const float* change, float* const* rows, std::size_t count, std::size_t stride) {
  KINDRED_SIMD_DISPATCH(add_to_rows)(change, rows, count, stride);
}

}  // namespace kindred::words
#endif  // HWY_ONCE
