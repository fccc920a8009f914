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

#include "simd/load_rows-inl.h"

#if defined(KINDRED_SIMD_MEASURE_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KINDRED_SIMD_MEASURE_ROWS_INL_H
#undef KINDRED_SIMD_MEASURE_ROWS_INL_H
#else
#define KINDRED_SIMD_MEASURE_ROWS_INL_H
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

/// Sums a row: enough to hide the latency of the additions.
inline constexpr std::size_t kSums = 4;
inline constexpr std::size_t kStep = kSums * kLanes;
/// How far ahead memory is asked for.
inline constexpr std::size_t kBytesAhead = 4096;

/// Asks for the lines kBytesAhead further on than the step that begins at `values`. The address may
/// lie past the last row: to ask is allowed everywhere, to form a pointer is not.
template <class Row>
HWY_INLINE HWY_ATTR void fetch_ahead(const Row* values) {
  constexpr std::size_t kLine = 64;
  for (std::size_t line = 0; line < kStep * sizeof(Row); line += kLine)
    // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing reads through it
    hwy::Prefetch(reinterpret_cast<const Row*>(reinterpret_cast<std::uintptr_t>(values) + line +
                                               kBytesAhead));
}

template <class Measure, bool kFetchAhead, class Row>
HWY_INLINE HWY_ATTR float measure_row(const float* HWY_RESTRICT query, const Row* HWY_RESTRICT row,
                                      std::size_t dimensions) {
  const Floats d;
  Vector sums[kSums];
  for (Vector& sum : sums) sum = hn::Zero(d);
  std::size_t at = 0;
  for (; at + kStep <= dimensions; at += kStep) {
    if constexpr (kFetchAhead) fetch_ahead(row + at);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kSums; ++i)
      sums[i] =
          Measure::step(d, load(query + at + i * kLanes), load(row + at + i * kLanes), sums[i]);
  }
  for (; at + kLanes <= dimensions; at += kLanes)
    sums[0] = Measure::step(d, load(query + at), load(row + at), sums[0]);
  if (at < dimensions)
    sums[1] = Measure::step(d, load_padded(query + at, dimensions - at),
                            load_padded(row + at, dimensions - at), sums[1]);
  const Vector sum = hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]));
  return Measure::finish(hn::GetLane(hn::SumOfLanes(d, sum)));
}

template <class Measure, class Row>
HWY_INLINE HWY_ATTR void measure_rows(const float* query, const Row* rows, std::size_t count,
                                      std::size_t dimensions, float* results) {
  // A lone row is one of many that lie anywhere: what follows it is not wanted.
  if (count == 1) {
    *results = measure_row<Measure, false>(query, rows, dimensions);
    return;
  }
  for (std::size_t row = 0; row < count; ++row)
    results[row] = measure_row<Measure, true>(query, rows + row * dimensions, dimensions);
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif

// Highway exports functions by name, not templates, so a measure is three of them. In the part of a
// file that is compiled for each instruction set, KINDRED_MEASURE_KERNELS(dot, Dot) makes
// dot_float, dot_half and dot_byte; in the part that is compiled once,
// KINDRED_MEASURE_DISPATCH(dot) makes dot_kernels() of them.
#ifndef KINDRED_MEASURE_KERNELS
#define KINDRED_MEASURE_KERNEL(name, Measure, Row)                           \
  HWY_ATTR void name(const float* query, const Row* rows, std::size_t count, \
                     std::size_t dimensions, float* results) {               \
    measure_rows<Measure>(query, rows, count, dimensions, results);          \
  }
#define KINDRED_MEASURE_KERNELS(name, Measure)         \
  KINDRED_MEASURE_KERNEL(name##_float, Measure, float) \
  KINDRED_MEASURE_KERNEL(name##_half, Measure, Half)   \
  KINDRED_MEASURE_KERNEL(name##_byte, Measure, std::uint8_t)

#define KINDRED_MEASURE_DISPATCH(name)                     \
  HWY_EXPORT(name##_float);                                \
  HWY_EXPORT(name##_half);                                 \
  HWY_EXPORT(name##_byte);                                 \
  MeasureKernels name##_kernels() {                        \
    return {.floats = KINDRED_SIMD_DISPATCH(name##_float), \
            .halves = KINDRED_SIMD_DISPATCH(name##_half),  \
            .bytes = KINDRED_SIMD_DISPATCH(name##_byte)};  \
  }
#endif
