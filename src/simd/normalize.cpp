#include "simd/normalize.h"

#include <algorithm>
#include <cmath>

#include "simd/dispatch.h"
#include "simd/measure.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/normalize.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

HWY_ATTR void divide(float* values, std::size_t size, float divisor) {
  const hn::ScalableTag<float> d;
  const auto divisors = hn::Set(d, divisor);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d))
    hn::StoreU(hn::Div(hn::LoadU(d, values + i), divisors), d, values + i);
  for (; i < size; ++i) values[i] /= divisor;
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::simd {

HWY_EXPORT(divide);

void normalize(std::span<float> vector) {
  const float length = std::max(std::sqrt(dot(vector, vector)), 1e-12F);
  KINDRED_SIMD_DISPATCH(divide)(vector.data(), vector.size(), length);
}

}  // namespace kindred::simd
#endif  // HWY_ONCE
