// The loop of every measure between a query and rows. Included once for each instruction set
// (Highway's foreach_target), so it has no ordinary include guard.
//
// A Measure says what one step adds, and what becomes of the sum:
//
//     struct Dot {
//       template <class D, class V> static V step(D d, V query, V row, V sum);
//       static float finish(float sum);
//     };
//
// A step must leave the sum as it is where both values are zero: the values after the last whole
// vector are padded with zeros.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstddef>
#include <cstring>

#if defined(KINDRED_SIMD_MEASURE_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KINDRED_SIMD_MEASURE_ROWS_INL_H
#undef KINDRED_SIMD_MEASURE_ROWS_INL_H
#else
#define KINDRED_SIMD_MEASURE_ROWS_INL_H
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Vector = hn::Vec<Floats>;

inline constexpr std::size_t kLanes = HWY_LANES(float);
/// Rows that share a load of the query: their eight sums, the query's two vectors and the products
/// on the way fit into 16 registers.
inline constexpr std::size_t kGroupRows = 4;

/// Fewer than kLanes values, and zeros after them.
HWY_INLINE HWY_ATTR Vector load_padded(const float* values, std::size_t count) {
  HWY_ALIGN float padded[kLanes] = {};
  std::memcpy(padded, values, count * sizeof(float));
  return hn::Load(Floats(), padded);
}

/// kRows rows from `rows`; `ahead` is how many floats further the next ones are that will be read.
template <class Measure, std::size_t kRows>
HWY_INLINE HWY_ATTR void measure_group(const float* HWY_RESTRICT query,
                                       const float* HWY_RESTRICT rows, std::size_t dimensions,
                                       std::size_t ahead, float* HWY_RESTRICT results) {
  const Floats d;
  Vector even[kRows];
  Vector odd[kRows];
#pragma GCC unroll 4
  for (std::size_t row = 0; row < kRows; ++row) even[row] = odd[row] = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * kLanes <= dimensions; i += 2 * kLanes) {
    const Vector query_even = hn::LoadU(d, query + i);
    const Vector query_odd = hn::LoadU(d, query + i + kLanes);
#pragma GCC unroll 4
    for (std::size_t row = 0; row < kRows; ++row) {
      const float* values = rows + row * dimensions + i;
      hwy::Prefetch(values + ahead);
      if constexpr (2 * kLanes * sizeof(float) > 64) hwy::Prefetch(values + ahead + kLanes);
      even[row] = Measure::step(d, query_even, hn::LoadU(d, values), even[row]);
      odd[row] = Measure::step(d, query_odd, hn::LoadU(d, values + kLanes), odd[row]);
    }
  }
  if (i + kLanes <= dimensions) {
    const Vector query_even = hn::LoadU(d, query + i);
#pragma GCC unroll 4
    for (std::size_t row = 0; row < kRows; ++row)
      even[row] =
          Measure::step(d, query_even, hn::LoadU(d, rows + row * dimensions + i), even[row]);
    i += kLanes;
  }
  if (i < dimensions) {
    const Vector query_odd = load_padded(query + i, dimensions - i);
#pragma GCC unroll 4
    for (std::size_t row = 0; row < kRows; ++row)
      odd[row] = Measure::step(d, query_odd,
                               load_padded(rows + row * dimensions + i, dimensions - i), odd[row]);
  }
#pragma GCC unroll 4
  for (std::size_t row = 0; row < kRows; ++row)
    results[row] = Measure::finish(hn::GetLane(hn::SumOfLanes(d, hn::Add(even[row], odd[row]))));
}

template <class Measure>
HWY_ATTR void measure_rows(const float* query, const float* rows, std::size_t count,
                           std::size_t dimensions, float* results) {
  std::size_t row = 0;
  for (; row + kGroupRows <= count; row += kGroupRows) {
    const std::size_t ahead = row + 2 * kGroupRows <= count ? kGroupRows * dimensions : 0;
    measure_group<Measure, kGroupRows>(query, rows + row * dimensions, dimensions, ahead,
                                       results + row);
  }
  for (; row < count; ++row)
    measure_group<Measure, 1>(query, rows + row * dimensions, dimensions, 0, results + row);
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
