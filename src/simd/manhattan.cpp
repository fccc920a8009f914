#include "simd/dispatch.h"
#include "simd/measure.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/manhattan.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "simd/measure_rows-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

struct Manhattan {
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V step(D, V query, V row, V sum) {
    return hn::Add(sum, hn::AbsDiff(query, row));
  }
  static HWY_INLINE float finish(float sum) { return sum; }
};

KINDRED_MEASURE_KERNELS(manhattan, Manhattan)

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::simd {

KINDRED_MEASURE_DISPATCH(manhattan)

}  // namespace kindred::simd
#endif  // HWY_ONCE
