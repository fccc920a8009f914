#include "simd/half.h"

#include <algorithm>

#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/half.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "simd/load_rows-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

/// The halves of one vector, each in the low 16 bits of its lane. In integers, because Highway's
/// own conversion cuts off instead of rounding where the processor has no instruction for it.
HWY_INLINE HWY_ATTR hn::Vec<hn::RebindToUnsigned<Floats>> half_bits(Vector values) {
  const Floats d;
  const hn::RebindToUnsigned<Floats> du;
  const auto bits = hn::BitCast(du, hn::Abs(values));
  const auto sign = hn::ShiftRight<16>(hn::Xor(hn::BitCast(du, values), bits));
  // 13 bits of the fraction go. Half of their value, less one where the last bit that stays is
  // even, carries into those that stay exactly where rounding goes up; a carry out of the fraction
  // goes on into the exponent, which is where it belongs. The exponents' biases are 127 and 15.
  const auto odd = hn::And(hn::ShiftRight<13>(bits), hn::Set(du, 1));
  const auto rounded = hn::ShiftRight<13>(hn::Add(bits, hn::Add(odd, hn::Set(du, 0xfff))));
  const auto normal = hn::Sub(rounded, hn::Set(du, (127 - 15) << 10));
  // Below 2^-14 halves are multiples of 2^-24, and that is the step of float32 between 0.5 and 1:
  // the addition rounds, and what it adds to the bits of 0.5 is the number of steps.
  const auto half = hn::Set(d, 0.5F);
  const auto steps =
      hn::Sub(hn::BitCast(du, hn::Add(hn::BitCast(d, bits), half)), hn::BitCast(du, half));
  const auto smallest_normal = hn::Set(d, 0x1p-14F);
  const auto small = hn::Lt(hn::BitCast(d, bits), smallest_normal);
  const auto past = hn::Not(hn::Lt(hn::BitCast(d, bits), hn::Set(d, kPastHalf)));
  const auto magnitude = hn::IfThenElse(hn::RebindMask(du, small), steps, normal);
  const auto infinity = hn::Set(du, 0x7c00);
  return hn::Or(sign, hn::IfThenElse(hn::RebindMask(du, past), infinity, magnitude));
}

HWY_ATTR std::size_t to_halves_kernel(const float* values, std::size_t count, Half* halves) {
  const Floats d;
  const hn::Rebind<std::uint16_t, Floats> d16;
  const hn::RebindToSigned<Floats> di;
  std::size_t first = count;
  for (std::size_t at = 0; at < count; at += kLanes) {
    const std::size_t here = std::min(kLanes, count - at);
    const Vector vector = here == kLanes ? load(values + at) : load_padded(values + at, here);
    HWY_ALIGN std::uint16_t bits[kLanes];
    hn::Store(hn::DemoteTo(d16, hn::BitCast(di, half_bits(vector))), d16, bits);
    std::memcpy(halves + at, bits, here * sizeof(Half));
    const auto past = hn::Not(hn::Lt(hn::Abs(vector), hn::Set(d, kPastHalf)));
    const std::intptr_t lane = first == count ? hn::FindFirstTrue(d, past) : -1;
    if (lane >= 0) first = at + static_cast<std::size_t>(lane);
  }
  return first;
}

HWY_ATTR void to_floats_kernel(const Half* halves, std::size_t count, float* values) {
  std::size_t at = 0;
  for (; at + kLanes <= count; at += kLanes) hn::StoreU(load(halves + at), Floats(), values + at);
  if (at == count) return;
  HWY_ALIGN float rest[kLanes];
  hn::Store(load_padded(halves + at, count - at), Floats(), rest);
  std::memcpy(values + at, rest, (count - at) * sizeof(float));
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::simd {

HWY_EXPORT(to_halves_kernel);
HWY_EXPORT(to_floats_kernel);

std::size_t to_halves(std::span<const float> values, Half* halves) {
  return KINDRED_SIMD_DISPATCH(to_halves_kernel)(values.data(), values.size(), halves);
}

void to_floats(std::span<const Half> halves, float* values) {
  KINDRED_SIMD_DISPATCH(to_floats_kernel)(halves.data(), halves.size(), values);
}

}  // namespace kindred::simd
#endif  // HWY_ONCE
