#include "words/softmax_update.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "simd/dispatch.h"
#include "words/shared_matrix.h"
#include "words/window_update.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "words/softmax_update.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::words::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kRowPadding>;
using Vector = hn::Vec<Floats>;

/// Outputs that are multiplied at a time.
inline constexpr std::size_t kRows = 4;
/// Vectors of a row that are held in registers while all outputs go by.
inline constexpr std::size_t kColumns = 4;

template <std::size_t kCount>
HWY_INLINE HWY_ATTR void products(const SoftmaxUpdate& update, std::size_t first) {
  const Floats d;
  Vector sums[kCount];
#pragma GCC unroll 4
  for (std::size_t j = 0; j < kCount; ++j) sums[j] = hn::Zero(d);
  for (std::size_t k = 0; k < update.stride; k += hn::Lanes(d)) {
    const Vector input = hn::Load(d, update.input + k);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kCount; ++j)
      sums[j] =
          hn::MulAdd(input, hn::Load(d, update.outputs + (first + j) * update.stride + k), sums[j]);
  }
#pragma GCC unroll 4
  for (std::size_t j = 0; j < kCount; ++j)
    update.scores[first + j] = hn::GetLane(hn::SumOfLanes(d, sums[j]));
}

/// Columns k to k + kCount vectors of the changes; scores are gradients by now.
template <std::size_t kCount>
HWY_INLINE HWY_ATTR void change(const SoftmaxUpdate& update, std::size_t k) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  Vector input[kCount];
  Vector changes[kCount];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < kCount; ++i) {
    input[i] = hn::Load(d, update.input + k + i * lanes);
    changes[i] = hn::Load(d, update.change + k + i * lanes);
  }
  for (std::size_t j = 0; j < update.output_count; ++j) {
    float* const row = update.outputs + j * update.stride + k;
    const Vector gradient = hn::Set(d, update.scores[j]);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kCount; ++i) {
      const Vector values = hn::Load(d, row + i * lanes);
      changes[i] = hn::MulAdd(gradient, values, changes[i]);
      hn::Store(hn::MulAdd(gradient, input[i], values), d, row + i * lanes);
    }
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < kCount; ++i) hn::Store(changes[i], d, update.change + k + i * lanes);
}

KINDRED_RACES_ON_PURPOSE HWY_ATTR void all_products(const SoftmaxUpdate& update) {
  std::size_t j = 0;
  for (; j + kRows <= update.output_count; j += kRows) products<kRows>(update, j);
  for (; j < update.output_count; ++j) products<1>(update, j);
}

KINDRED_RACES_ON_PURPOSE HWY_ATTR void all_changes(const SoftmaxUpdate& update) {
  const std::size_t lanes = hn::Lanes(Floats());
  std::size_t k = 0;
  for (; k + kColumns * lanes <= update.stride; k += kColumns * lanes) change<kColumns>(update, k);
  for (; k < update.stride; k += lanes) change<1>(update, k);
}

}  // namespace kindred::words::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::words {

HWY_EXPORT(all_products);
HWY_EXPORT(all_changes);

void update_softmax(const SoftmaxUpdate& update) {
  assert(update.target < update.output_count && update.stride % kRowPadding == 0);
  KINDRED_SIMD_DISPATCH(all_products)(update);
  float* const end = update.scores + update.output_count;
  const float largest = *std::max_element(update.scores, end);
  float sum = 0;
  for (float* score = update.scores; score != end; ++score) {
    *score = std::exp(*score - largest);
    sum += *score;
  }
  for (float* score = update.scores; score != end; ++score) *score *= -update.rate / sum;
  update.scores[update.target] += update.rate;
  KINDRED_SIMD_DISPATCH(all_changes)(update);
}

}  // namespace kindred::words
#endif  // HWY_ONCE
