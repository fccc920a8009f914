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
// Rows are read one after the other, though taking four at a time would save loads of the query:
// one ascending stream is what the memory prefetcher of a processor follows best. On the machine
// where this was measured four rows at a time read 12 GB/s, one at a time 27, and 30 where the
// memory is also asked for a page ahead.
//
// A step must leave the sum as it is where both values are zero: the values after the last whole
// vector are padded with zeros.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
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
/// Sums a row: enough to hide the latency of the additions.
inline constexpr std::size_t kSums = 4;
inline constexpr std::size_t kStep = kSums * kLanes;
/// How far ahead memory is asked for.
inline constexpr std::size_t kBytesAhead = 4096;

/// Fewer than kLanes values, and zeros after them.
HWY_INLINE HWY_ATTR Vector load_padded(const float* values, std::size_t count) {
  HWY_ALIGN float padded[kLanes] = {};
  std::memcpy(padded, values, count * sizeof(float));
  return hn::Load(Floats(), padded);
}

/// Asks for the lines kBytesAhead further on than the step that begins at `values`. The address may
/// lie past the last row: to ask is allowed everywhere, to form a pointer is not.
HWY_INLINE HWY_ATTR void fetch_ahead(const float* values) {
  constexpr std::size_t kLine = 64 / sizeof(float);
  for (std::size_t line = 0; line < kStep; line += kLine)
    // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing reads through it
    hwy::Prefetch(reinterpret_cast<const float*>(reinterpret_cast<std::uintptr_t>(values + line) +
                                                 kBytesAhead));
}

template <class Measure>
HWY_INLINE HWY_ATTR float measure_row(const float* HWY_RESTRICT query,
                                      const float* HWY_RESTRICT row, std::size_t dimensions) {
  const Floats d;
  Vector sums[kSums];
  for (Vector& sum : sums) sum = hn::Zero(d);
  std::size_t at = 0;
  for (; at + kStep <= dimensions; at += kStep) {
    fetch_ahead(row + at);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kSums; ++i)
      sums[i] = Measure::step(d, hn::LoadU(d, query + at + i * kLanes),
                              hn::LoadU(d, row + at + i * kLanes), sums[i]);
  }
  for (; at + kLanes <= dimensions; at += kLanes)
    sums[0] = Measure::step(d, hn::LoadU(d, query + at), hn::LoadU(d, row + at), sums[0]);
  if (at < dimensions)
    sums[1] = Measure::step(d, load_padded(query + at, dimensions - at),
                            load_padded(row + at, dimensions - at), sums[1]);
  const Vector sum = hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]));
  return Measure::finish(hn::GetLane(hn::SumOfLanes(d, sum)));
}

template <class Measure>
HWY_ATTR void measure_rows(const float* query, const float* rows, std::size_t count,
                           std::size_t dimensions, float* results) {
  for (std::size_t row = 0; row < count; ++row)
    results[row] = measure_row<Measure>(query, rows + row * dimensions, dimensions);
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
