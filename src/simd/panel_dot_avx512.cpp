// AVX-512 with VNNI: 16 rows a register, tiles of 4 panels and 4 queries.
#include "simd/panel_dot_kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
// GCC 12's own header trips over the values that its intrinsics leave undefined on purpose.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <array>
#include <cstring>
#include <utility>

#define KINDRED_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

namespace kindred::simd {
namespace {

constexpr std::size_t kGroupBytes = kPanelGroup * kPanelRows;
/// 16 sums. 24 would fit into the registers too and load less, but on the machine where this was
/// measured (Zen 4) they run at half the speed.
constexpr std::size_t kTilePanels = 4;
constexpr std::size_t kTileQueries = 4;
/// Sums of one query alone, which hide the latency of the instruction.
constexpr std::size_t kSums = 4;
/// How far ahead memory is asked for.
constexpr std::size_t kBytesAhead = 4096;

/// One group of a query, in all lanes.
KINDRED_VNNI inline __m512i group_of(const std::int8_t* query) {
  std::int32_t values;
  std::memcpy(&values, query, sizeof(values));
  return _mm512_set1_epi32(values);
}

template <std::size_t kPanels, std::size_t kQueries>
KINDRED_VNNI void tile(const std::int8_t* queries, std::size_t groups, const std::uint8_t* rows,
                       std::size_t panels, std::int32_t* results) {
  const std::size_t query_bytes = groups * kPanelGroup;
  __m512i sums[kQueries][kPanels];
#pragma GCC unroll 4
  for (std::size_t query = 0; query < kQueries; ++query)
#pragma GCC unroll 4
    for (std::size_t panel = 0; panel < kPanels; ++panel)
      sums[query][panel] = _mm512_setzero_si512();
  for (std::size_t group = 0; group < groups; ++group) {
    __m512i right[kPanels];
#pragma GCC unroll 4
    for (std::size_t panel = 0; panel < kPanels; ++panel)
      right[panel] = _mm512_loadu_si512(rows + (panel * groups + group) * kGroupBytes);
#pragma GCC unroll 4
    for (std::size_t query = 0; query < kQueries; ++query) {
      const __m512i left = group_of(queries + query * query_bytes + group * kPanelGroup);
#pragma GCC unroll 4
      for (std::size_t panel = 0; panel < kPanels; ++panel)
        sums[query][panel] = _mm512_dpbusd_epi32(sums[query][panel], right[panel], left);
    }
  }
#pragma GCC unroll 4
  for (std::size_t query = 0; query < kQueries; ++query)
#pragma GCC unroll 4
    for (std::size_t panel = 0; panel < kPanels; ++panel)
      _mm512_storeu_si512(results + (query * panels + panel) * kPanelRows, sums[query][panel]);
}

/// One query and any number of panels, read from the first byte to the last.
KINDRED_VNNI void stream(const std::int8_t* query, std::size_t groups, const std::uint8_t* rows,
                         std::size_t panels, std::int32_t* results) {
  for (std::size_t panel = 0; panel < panels; ++panel) {
    __m512i sums[kSums];
#pragma GCC unroll 4
    for (__m512i& sum : sums) sum = _mm512_setzero_si512();
    const std::uint8_t* right = rows + panel * groups * kGroupBytes;
    std::size_t group = 0;
    for (; group + kSums <= groups; group += kSums)
#pragma GCC unroll 4
      for (std::size_t i = 0; i < kSums; ++i) {
        const std::uint8_t* bytes = right + (group + i) * kGroupBytes;
        // The address may lie past the last panel: to ask is allowed everywhere, to form a pointer
        // is not.
        // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing reads through it
        _mm_prefetch(
            reinterpret_cast<const char*>(reinterpret_cast<std::uintptr_t>(bytes) + kBytesAhead),
            _MM_HINT_T0);
        sums[i] = _mm512_dpbusd_epi32(sums[i], _mm512_loadu_si512(bytes),
                                      group_of(query + (group + i) * kPanelGroup));
      }
    for (; group < groups; ++group)
      sums[0] = _mm512_dpbusd_epi32(sums[0], _mm512_loadu_si512(right + group * kGroupBytes),
                                    group_of(query + group * kPanelGroup));
    _mm512_storeu_si512(
        results + panel * kPanelRows,
        _mm512_add_epi32(_mm512_add_epi32(sums[0], sums[1]), _mm512_add_epi32(sums[2], sums[3])));
  }
}

using Tile = void (*)(const std::int8_t* queries, std::size_t groups, const std::uint8_t* rows,
                      std::size_t panels, std::int32_t* results);

/// The tiles of kPanels panels and 1, 2, ... queries.
template <std::size_t kPanels, std::size_t... kLess>
constexpr std::array<Tile, sizeof...(kLess)> tiles(std::index_sequence<kLess...>) {
  return {tile<kPanels, kLess + 1>...};
}

void run(const std::int8_t* queries, std::size_t count, std::size_t groups,
         const std::uint8_t* rows, std::size_t panels, std::int32_t* results) {
  static constexpr auto kWide = tiles<kTilePanels>(std::make_index_sequence<kTileQueries>());
  static constexpr auto kNarrow = tiles<1>(std::make_index_sequence<kTileQueries>());
  if (count == 1) return stream(queries, groups, rows, panels, results);
  for (std::size_t panel = 0; panel < panels;) {
    const bool wide = panel + kTilePanels <= panels;
    for (std::size_t query = 0; query < count; query += kTileQueries) {
      const std::size_t some = count - query < kTileQueries ? count - query : kTileQueries;
      (wide ? kWide : kNarrow)[some - 1](queries + query * groups * kPanelGroup, groups,
                                         rows + panel * groups * kGroupBytes, panels,
                                         results + (query * panels + panel) * kPanelRows);
    }
    panel += wide ? kTilePanels : 1;
  }
}

}  // namespace

PanelDots panel_dots_avx512_vnni() { return {.run = run, .limit = 127}; }

}  // namespace kindred::simd

#else

namespace kindred::simd {
PanelDots panel_dots_avx512_vnni() { return {}; }
}  // namespace kindred::simd

#endif
