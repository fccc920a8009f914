#include "math/hadamard.h"

#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/hadamard.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::math::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// One stage: values that are `half` apart become their sum and their difference.
HWY_ATTR void stage(float* values, std::size_t size, std::size_t half) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t begin = 0; begin < size; begin += 2 * half) {
    float* low = values + begin;
    float* high = low + half;
    if (half < lanes) {
      for (std::size_t i = 0; i < half; ++i) {
        const float sum = low[i] + high[i];
        high[i] = low[i] - high[i];
        low[i] = sum;
      }
    } else {
      for (std::size_t i = 0; i < half; i += lanes) {
        const auto left = hn::LoadU(d, low + i);
        const auto right = hn::LoadU(d, high + i);
        hn::StoreU(hn::Add(left, right), d, low + i);
        hn::StoreU(hn::Sub(left, right), d, high + i);
      }
    }
  }
}

/// The stages of the first eight values within a register, where it has eight. A stage within a
/// register is the register plus its partner's lanes, with the sign of the upper ones turned.
void hadamard_kernel(float* values, std::size_t size) {
  std::size_t half = 1;
#if HWY_TARGET != HWY_SCALAR
  const hn::CappedTag<float, 8> d;
  if (hn::Lanes(d) == 8 && size >= 8) {
    HWY_ALIGN static constexpr float kSigns[3][8] = {
        {1, -1, 1, -1, 1, -1, 1, -1}, {1, 1, -1, -1, 1, 1, -1, -1}, {1, 1, 1, 1, -1, -1, -1, -1}};
    const auto one = hn::Load(d, kSigns[0]);
    const auto two = hn::Load(d, kSigns[1]);
    const auto four = hn::Load(d, kSigns[2]);
    for (std::size_t i = 0; i < size; i += 8) {
      auto vector = hn::LoadU(d, values + i);
      vector = hn::Add(hn::Mul(vector, one), hn::Reverse2(d, vector));
      vector = hn::Add(hn::Mul(vector, two), hn::Reverse2(d, hn::Reverse4(d, vector)));
      vector = hn::Add(hn::Mul(vector, four), hn::Reverse4(d, hn::Reverse8(d, vector)));
      hn::StoreU(vector, d, values + i);
    }
    half = 8;
  }
#endif
  for (; half < size; half *= 2) stage(values, size, half);
}

}  // namespace kindred::math::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kindred::math {

HWY_EXPORT(hadamard_kernel);

void hadamard(float* values, std::size_t size) {
  KINDRED_SIMD_DISPATCH(hadamard_kernel)(values, size);
}

}  // namespace kindred::math
#endif  // HWY_ONCE
