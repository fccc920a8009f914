#include "words/glove_update.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "simd/dispatch.h"
#include "words/shared_matrix.h"
#include "words/window_update.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "words/glove_update.cpp"
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

/// Pairs whose logarithms are taken at a time.
inline constexpr std::size_t kPairs = 64;
inline constexpr float kPower = 0.75F;
/// A difference beyond this counts as this: no step is wild.
inline constexpr float kMostDifference = 100;

/// 1 / sqrt(x), to a few units of the last place: an estimate and a step of Newton's.
HWY_INLINE HWY_ATTR Vector reciprocal_root(Vector x) {
  const Floats d;
  const Vector y = hn::ApproximateReciprocalSqrt(x);
  const Vector half = hn::Mul(hn::Set(d, 0.5F), x);
  return hn::Mul(y, hn::NegMulAdd(hn::Mul(half, y), y, hn::Set(d, 1.5F)));
}

/// values -= step / sqrt(squares); squares += step^2
HWY_INLINE HWY_ATTR void adapt(Vector step, Vector values, float* HWY_RESTRICT to,
                               float* HWY_RESTRICT squares) {
  const Floats d;
  const Vector before = hn::Load(d, squares);
  hn::Store(hn::NegMulAdd(step, reciprocal_root(before), values), d, to);
  hn::Store(hn::MulAdd(step, step, before), d, squares);
}

/// One direction of a pair: the word's vector and the other one's as context.
HWY_INLINE HWY_ATTR void learn(const GloveTile& tile, float* word, float* context, float log_weight,
                               float share) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t stride = tile.stride;
  float* const context_values = context + 2 * stride;
  Vector sum = hn::Zero(d);
  for (std::size_t k = 0; k < stride; k += lanes)
    sum = hn::MulAdd(hn::Load(d, word + k), hn::Load(d, context_values + k), sum);
  const float difference = hn::GetLane(hn::SumOfLanes(d, sum)) - log_weight;
  const float step = std::clamp(share * difference, -kMostDifference, kMostDifference) * tile.rate;
  const Vector steps = hn::Set(d, step);
  for (std::size_t k = 0; k < stride; k += lanes) {
    const Vector w = hn::Load(d, word + k);
    const Vector c = hn::Load(d, context_values + k);
    adapt(hn::Mul(steps, c), w, word + k, word + stride + k);
    adapt(hn::Mul(steps, w), c, context_values + k, context_values + stride + k);
  }
  // What meets a bias is 1, whatever it has learned.
  word[tile.dimensions + 1] = 1;
  context_values[tile.dimensions] = 1;
}

/// A word with itself is near itself twice.
HWY_INLINE float weight_of(const Pair& pair, bool one_block) {
  return one_block && pair.row == pair.column ? 2 * pair.weight : pair.weight;
}

/// log x, and min(1, (x / maximum)^0.75)
HWY_INLINE HWY_ATTR void shares_of(const GloveTile& tile, std::size_t first, std::size_t count,
                                   float* HWY_RESTRICT logs, float* HWY_RESTRICT shares) {
  const Floats d;
  for (std::size_t i = 0; i < kPairs; ++i)
    logs[i] = i < count ? weight_of(tile.pairs[first + i], tile.rows == tile.columns) : 1.0F;
  const Vector log_maximum = hn::Log(d, hn::Set(d, tile.maximum));
  for (std::size_t i = 0; i < kPairs; i += hn::Lanes(d)) {
    const Vector log = hn::Log(d, hn::Load(d, logs + i));
    hn::Store(log, d, logs + i);
    const Vector power = hn::Mul(hn::Set(d, kPower), hn::Sub(log, log_maximum));
    hn::Store(hn::Exp(d, hn::Min(power, hn::Zero(d))), d, shares + i);
  }
}

KINDRED_RACES_ON_PURPOSE HWY_ATTR void update_glove(const GloveTile& tile) {
  HWY_ALIGN float logs[kPairs];
  HWY_ALIGN float shares[kPairs];
  const std::size_t row_size = 4 * tile.stride;
  for (std::size_t first = 0; first < tile.pairs.size(); first += kPairs) {
    const std::size_t count = std::min(kPairs, tile.pairs.size() - first);
    shares_of(tile, first, count, logs, shares);
    for (std::size_t i = 0; i < count; ++i) {
      const Pair& pair = tile.pairs[first + i];
      float* const row = tile.rows + pair.row * row_size;
      float* const column = tile.columns + pair.column * row_size;
      learn(tile, row, column, logs[i], shares[i]);
      if (row != column) learn(tile, column, row, logs[i], shares[i]);
    }
  }
}

}  // namespace kindred::words::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::words {

HWY_EXPORT(update_glove);

void update_glove(const GloveTile& tile) {
  assert(tile.stride % kRowPadding == 0 && tile.stride >= tile.dimensions + 2);
  KINDRED_SIMD_DISPATCH(update_glove)(tile);
}

}  // namespace kindred::words
#endif  // HWY_ONCE
