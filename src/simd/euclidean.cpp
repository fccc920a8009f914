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

void squared_euclidean_kernel(const float* query, const float* rows, std::size_t count,
                              std::size_t dimensions, float* results) {
  measure_rows<SquaredEuclidean>(query, rows, count, dimensions, results);
}

void euclidean_kernel(const float* query, const float* rows, std::size_t count,
                      std::size_t dimensions, float* results) {
  measure_rows<Euclidean>(query, rows, count, dimensions, results);
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cassert>

namespace kindred::simd {

HWY_EXPORT(squared_euclidean_kernel);
HWY_EXPORT(euclidean_kernel);

MeasureRows squared_euclidean_rows() { return KINDRED_SIMD_DISPATCH(squared_euclidean_kernel); }
MeasureRows euclidean_rows() { return KINDRED_SIMD_DISPATCH(euclidean_kernel); }

float squared_euclidean(std::span<const float> a, std::span<const float> b) {
  assert(a.size() == b.size());
  float result = 0;
  squared_euclidean_rows()(a.data(), b.data(), 1, a.size(), &result);
  return result;
}

}  // namespace kindred::simd
#endif  // HWY_ONCE
