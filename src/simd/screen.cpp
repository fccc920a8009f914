#include "simd/screen.h"

#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/screen.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <bool kDistance>
HWY_INLINE HWY_ATTR std::size_t screen_rows(const std::int32_t* products, const PanelFacts* panels,
                                            const ScreenedQuery& query, std::size_t count,
                                            float bar, Passed* passed) {
  const hn::ScalableTag<float> d;
  const hn::RebindToSigned<decltype(d)> di;
  constexpr std::size_t kLanes = HWY_LANES(float);
  const auto scale = hn::Set(d, query.scale);
  const auto sum = hn::Set(d, query.sum);
  const auto error = hn::Set(d, query.error);
  const auto length = hn::Set(d, query.length);
  const auto square = hn::Set(d, query.square);
  const auto constant = hn::Set(d, query.constant);
  const auto least = hn::Set(d, bar);
  std::size_t found = 0;
  static_assert(kPanelRows % kLanes == 0);
  for (std::size_t at = 0; at < count; at += kLanes) {
    const PanelFacts& rows = panels[at / kPanelRows];
    const std::size_t lanes = at % kPanelRows;
    const auto product = hn::ConvertTo(d, hn::LoadU(di, products + at));
    const auto row_length = hn::LoadU(d, rows.length + lanes);
    const auto dot = hn::MulAdd(product, hn::LoadU(d, rows.step + lanes),
                                hn::Mul(hn::LoadU(d, rows.low + lanes), sum));
    auto estimate = hn::Mul(scale, dot);
    auto per_length = length;
    if constexpr (kDistance) {
      estimate = hn::NegMulAdd(row_length, row_length, estimate);
      per_length = hn::MulAdd(square, row_length, length);
    }
    const auto width = hn::MulAdd(error, hn::LoadU(d, rows.error + lanes),
                                  hn::MulAdd(per_length, row_length, constant));
    const auto highest = hn::Add(estimate, width);
    // Not "is at least": what is not a number is less than nothing.
    if (hn::AllTrue(d, hn::Lt(highest, least))) continue;
    HWY_ALIGN float lows[kLanes];
    HWY_ALIGN float highs[kLanes];
    hn::Store(hn::Sub(estimate, width), d, lows);
    hn::Store(highest, d, highs);
    for (std::size_t lane = 0; lane < kLanes && at + lane < count; ++lane)
      if (!(highs[lane] < bar))
        passed[found++] = {.place = static_cast<std::uint32_t>(at + lane),
                           .lowest = lows[lane],
                           .highest = highs[lane]};
  }
  return found;
}

HWY_ATTR std::size_t screen_kernel(const std::int32_t* products, const PanelFacts* panels,
                                   const ScreenedQuery& query, std::size_t count, float bar,
                                   Passed* passed) {
  return query.distance ? screen_rows<true>(products, panels, query, count, bar, passed)
                        : screen_rows<false>(products, panels, query, count, bar, passed);
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::simd {

HWY_EXPORT(screen_kernel);

Screen screen() { return KINDRED_SIMD_DISPATCH(screen_kernel); }

}  // namespace kindred::simd
#endif  // HWY_ONCE
