// AVX2: 8 rows a register, tiles of 2 panels and 2 queries. Products of bytes are summed in pairs,
// in 16 bits: 255 * 63 * 2 is as much as they hold, so a query has 63 steps to either side.
#include "simd/panel_dot_kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#include <cstring>

#define KINDRED_AVX2 __attribute__((target("avx2")))

namespace kindred::simd {
namespace {

constexpr std::size_t kGroupBytes = kPanelGroup * kPanelRows;
/// Registers of a panel.
constexpr std::size_t kParts = kGroupBytes / sizeof(__m256i);
constexpr std::size_t kTilePanels = 2;
constexpr std::size_t kTileQueries = 2;

template <std::size_t kPanels, std::size_t kQueries>
KINDRED_AVX2 void tile(const std::int8_t* queries, std::size_t groups, const std::uint8_t* rows,
                       std::size_t panels, std::int32_t* results) {
  constexpr std::size_t kAll = kPanels * kParts;
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sums[kQueries][kAll];
#pragma GCC unroll 2
  for (std::size_t query = 0; query < kQueries; ++query)
#pragma GCC unroll 4
    for (std::size_t part = 0; part < kAll; ++part) sums[query][part] = _mm256_setzero_si256();
  for (std::size_t group = 0; group < groups; ++group) {
    __m256i left[kQueries];
#pragma GCC unroll 2
    for (std::size_t query = 0; query < kQueries; ++query) {
      std::int32_t values;
      std::memcpy(&values, queries + (query * groups + group) * kPanelGroup, sizeof(values));
      left[query] = _mm256_set1_epi32(values);
    }
#pragma GCC unroll 4
    for (std::size_t part = 0; part < kAll; ++part) {
      const __m256i right = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(
          rows + (part / kParts * groups + group) * kGroupBytes + part % kParts * sizeof(__m256i)));
#pragma GCC unroll 2
      for (std::size_t query = 0; query < kQueries; ++query)
        sums[query][part] = _mm256_add_epi32(
            sums[query][part], _mm256_madd_epi16(_mm256_maddubs_epi16(right, left[query]), ones));
    }
  }
#pragma GCC unroll 2
  for (std::size_t query = 0; query < kQueries; ++query)
#pragma GCC unroll 4
    for (std::size_t part = 0; part < kAll; ++part)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(results + query * panels * kPanelRows +
                                                     part * kPanelRows / kParts),
                          sums[query][part]);
}

void run(const std::int8_t* queries, std::size_t count, std::size_t groups,
         const std::uint8_t* rows, std::size_t panels, std::int32_t* results) {
  for (std::size_t panel = 0; panel < panels;) {
    const bool wide = panel + kTilePanels <= panels;
    const std::uint8_t* right = rows + panel * groups * kGroupBytes;
    for (std::size_t query = 0; query < count;) {
      const std::int8_t* left = queries + query * groups * kPanelGroup;
      std::int32_t* to = results + (query * panels + panel) * kPanelRows;
      const bool pair = query + kTileQueries <= count;
      if (pair && wide) tile<kTilePanels, kTileQueries>(left, groups, right, panels, to);
      if (pair && !wide) tile<1, kTileQueries>(left, groups, right, panels, to);
      if (!pair && wide) tile<kTilePanels, 1>(left, groups, right, panels, to);
      if (!pair && !wide) tile<1, 1>(left, groups, right, panels, to);
      query += pair ? kTileQueries : 1;
    }
    panel += wide ? kTilePanels : 1;
  }
}

}  // namespace

PanelDots panel_dots_avx2() { return {.run = run, .limit = 63}; }

}  // namespace kindred::simd

#else

namespace kindred::simd {
PanelDots panel_dots_avx2() { return {}; }
}  // namespace kindred::simd

#endif
