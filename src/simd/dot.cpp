#include "simd/dispatch.h"
#include "simd/measure.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/dot.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "simd/measure_rows-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

struct Dot {
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V step(D, V query, V row, V sum) {
    return hn::MulAdd(query, row, sum);
  }
  static HWY_INLINE float finish(float sum) { return sum; }
};

KINDRED_MEASURE_KERNELS(dot, Dot)

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <cassert>
#include <cmath>

namespace kindred::simd {

KINDRED_MEASURE_DISPATCH(dot)

float dot(std::span<const float> a, std::span<const float> b) {
  assert(a.size() == b.size());
  float result = 0;
  dot_rows()(a.data(), b.data(), 1, a.size(), &result);
  return result;
}

float cosine(std::span<const float> a, std::span<const float> b) {
  const float lengths = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  return lengths == 0 ? 0 : std::clamp(dot(a, b) / lengths, -1.0F, 1.0F);
}

}  // namespace kindred::simd
#endif  // HWY_ONCE
