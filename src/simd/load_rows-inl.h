// Values of every type that rows are stored in, as vectors of float32. Included once for each
// instruction set (Highway's foreach_target), so it has no ordinary include guard.
#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "simd/half.h"

#if defined(KINDRED_SIMD_LOAD_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KINDRED_SIMD_LOAD_ROWS_INL_H
#undef KINDRED_SIMD_LOAD_ROWS_INL_H
#else
#define KINDRED_SIMD_LOAD_ROWS_INL_H
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Vector = hn::Vec<Floats>;

inline constexpr std::size_t kLanes = HWY_LANES(float);

/// kLanes values from anywhere.
HWY_INLINE HWY_ATTR Vector load(const float* values) { return hn::LoadU(Floats(), values); }

HWY_INLINE HWY_ATTR Vector load(const Half* values) {
  const hn::Rebind<std::uint16_t, Floats> bits;
  const hn::Rebind<hwy::float16_t, Floats> halves;
  return hn::PromoteTo(Floats(), hn::BitCast(halves, hn::LoadU(bits, &values->bits)));
}

HWY_INLINE HWY_ATTR Vector load(const std::uint8_t* values) {
  const hn::Rebind<std::uint8_t, Floats> bytes;
  const hn::RebindToSigned<Floats> integers;
  return hn::ConvertTo(Floats(), hn::PromoteTo(integers, hn::LoadU(bytes, values)));
}

/// Fewer than kLanes values, and zeros after them.
template <class T>
HWY_INLINE HWY_ATTR Vector load_padded(const T* values, std::size_t count) {
  HWY_ALIGN T padded[kLanes] = {};
  std::memcpy(padded, values, count * sizeof(T));
  return load(padded);
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
