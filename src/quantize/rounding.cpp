#include "quantize/rounding.h"

#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "quantize/rounding.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::quantize::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;
using Integers = hn::RebindToSigned<Floats>;

HWY_ATTR float sum_of(hn::Vec<Floats> values) {
  return hn::GetLane(hn::SumOfLanes(Floats(), values));
}

Rounded round_to_bytes_kernel(const float* HWY_RESTRICT values, std::size_t count,
                              std::int8_t* HWY_RESTRICT levels) {
  const Floats d;
  const Integers di;
  const hn::Rebind<std::int8_t, Floats> db;
  const std::size_t lanes = hn::Lanes(d);
  auto largest = hn::Zero(d);
  auto squares = hn::Zero(d);
  for (std::size_t i = 0; i < count; i += lanes) {
    const auto value = hn::LoadU(d, values + i);
    largest = hn::Max(largest, hn::Abs(value));
    squares = hn::MulAdd(value, value, squares);
  }
  Rounded rounded;
  rounded.largest = hn::GetLane(hn::MaxOfLanes(d, largest));
  rounded.squares = sum_of(squares);
  const auto inverse_step = hn::Set(d, rounded.largest > 0 ? 127 / rounded.largest : 0);
  auto with_levels = hn::Zero(d);
  auto sum = hn::Zero(di);
  for (std::size_t i = 0; i < count; i += lanes) {
    const auto value = hn::LoadU(d, values + i);
    const auto level = hn::NearestInt(hn::Mul(value, inverse_step));
    with_levels = hn::MulAdd(value, hn::ConvertTo(d, level), with_levels);
    sum = hn::Add(sum, level);
    hn::StoreU(hn::DemoteTo(db, level), db, levels + i);
  }
  rounded.with_levels = sum_of(with_levels);
  rounded.sum = hn::GetLane(hn::SumOfLanes(di, sum));
  return rounded;
}

/// 0 ... 15, the level -7.5 + that.
HWY_INLINE HWY_ATTR hn::Vec<Integers> nibble(hn::Vec<Floats> value, hn::Vec<Floats> inverse_step) {
  const Floats d;
  const auto scaled = hn::MulAdd(value, inverse_step, hn::Set(d, 8.0F));
  return hn::ConvertTo(Integers(), hn::Clamp(scaled, hn::Zero(d), hn::Set(d, 15.0F)));
}

NibbleFit fit_nibbles_kernel(const float* values, std::size_t count, float inverse_step) {
  const Floats d;
  const auto inverse = hn::Set(d, inverse_step);
  auto with_levels = hn::Zero(d);
  auto level_squares = hn::Zero(d);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto value = hn::LoadU(d, values + i);
    const auto level = hn::Sub(hn::ConvertTo(d, nibble(value, inverse)), hn::Set(d, 7.5F));
    with_levels = hn::MulAdd(value, level, with_levels);
    level_squares = hn::MulAdd(level, level, level_squares);
  }
  return {sum_of(with_levels), sum_of(level_squares)};
}

void round_to_nibbles_kernel(const float* HWY_RESTRICT values, std::size_t count,
                             float inverse_step, std::uint8_t* HWY_RESTRICT codes) {
  const Floats d;
  const hn::Rebind<std::uint8_t, Floats> db;
  const auto inverse = hn::Set(d, inverse_step);
  for (std::size_t block = 0; block < count; block += 128, codes += 64)
    for (std::size_t i = 0; i < 64; i += hn::Lanes(d)) {
      const auto low = nibble(hn::LoadU(d, values + block + i), inverse);
      const auto high = nibble(hn::LoadU(d, values + block + 64 + i), inverse);
      hn::StoreU(hn::DemoteTo(db, hn::Or(low, hn::ShiftLeft<4>(high))), db, codes + i);
    }
}

std::int32_t levels_of_nibbles_kernel(const std::uint8_t* HWY_RESTRICT codes, std::size_t bytes,
                                      std::int8_t* HWY_RESTRICT levels) {
  const hn::ScalableTag<std::uint8_t> d;
  const hn::RebindToSigned<decltype(d)> ds;
  const auto fifteen = hn::Set(d, 15);
  auto sum = hn::Zero(hn::ScalableTag<std::uint64_t>());
  std::int32_t nibbles = 0;
  for (std::size_t block = 0; block < bytes; block += 64, levels += 128)
    for (std::size_t i = 0; i < 64; i += hn::Lanes(d)) {
      const auto both = hn::LoadU(d, codes + block + i);
      const auto low = hn::And(both, fifteen);
      const auto high = hn::ShiftRight<4>(both);
      hn::StoreU(hn::BitCast(ds, hn::Sub(hn::Add(low, low), fifteen)), ds, levels + i);
      hn::StoreU(hn::BitCast(ds, hn::Sub(hn::Add(high, high), fifteen)), ds, levels + 64 + i);
#if HWY_TARGET == HWY_SCALAR
      nibbles += hn::GetLane(low) + hn::GetLane(high);
#else
      sum = hn::Add(sum, hn::SumsOf8(hn::Add(low, high)));
#endif
    }
  nibbles +=
      static_cast<std::int32_t>(hn::GetLane(hn::SumOfLanes(hn::ScalableTag<std::uint64_t>(), sum)));
  return 2 * nibbles - 30 * static_cast<std::int32_t>(bytes);
}

}  // namespace kindred::quantize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kindred::quantize {

HWY_EXPORT(round_to_bytes_kernel);
HWY_EXPORT(fit_nibbles_kernel);
HWY_EXPORT(round_to_nibbles_kernel);
HWY_EXPORT(levels_of_nibbles_kernel);

Rounded round_to_bytes(const float* values, std::size_t count, std::int8_t* levels) {
  return KINDRED_SIMD_DISPATCH(round_to_bytes_kernel)(values, count, levels);
}

NibbleFit fit_nibbles(const float* values, std::size_t count, float inverse_step) {
  return KINDRED_SIMD_DISPATCH(fit_nibbles_kernel)(values, count, inverse_step);
}

void round_to_nibbles(const float* values, std::size_t count, float inverse_step,
                      std::uint8_t* codes) {
  KINDRED_SIMD_DISPATCH(round_to_nibbles_kernel)(values, count, inverse_step, codes);
}

std::int32_t levels_of_nibbles(const std::uint8_t* codes, std::size_t bytes, std::int8_t* levels) {
  return KINDRED_SIMD_DISPATCH(levels_of_nibbles_kernel)(codes, bytes, levels);
}

}  // namespace kindred::quantize
#endif  // HWY_ONCE
