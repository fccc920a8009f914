#include <cmath>

#include "simd/dispatch.h"
#include "simd/measure.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/euclidean.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "simd/measure_rows-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

struct SquaredEuclidean {
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V step(D, V query, V row, V sum) {
    const V difference = hn::Sub(query, row);
    return hn::MulAdd(difference, difference, sum);
  }
  static HWY_INLINE float finish(float sum) { return sum; }
};

struct Euclidean : SquaredEuclidean {
  static HWY_INLINE float finish(float sum) { return std::sqrt(sum); }
};

KINDRED_MEASURE_KERNELS(squared_euclidean, SquaredEuclidean)
KINDRED_MEASURE_KERNELS(euclidean, Euclidean)

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cassert>

namespace kindred::simd {

KINDRED_MEASURE_DISPATCH(squared_euclidean)
KINDRED_MEASURE_DISPATCH(euclidean)

float squared_euclidean(std::span<const float> a, std::span<const float> b) {
  assert(a.size() == b.size());
  float result = 0;
  squared_euclidean_rows()(a.data(), b.data(), 1, a.size(), &result);
  return result;
}

}  // namespace kindred::simd
#endif  // HWY_ONCE
