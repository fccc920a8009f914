// AVX-512 with VNNI: four codes at a time, the query in registers.
#include "simd/code_dot_kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
// GCC 12's own header trips over the values that its intrinsics leave undefined on purpose.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <utility>

#define KINDRED_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

namespace kindred::simd {
namespace {

/// Codes whose sums are brought together at the end: one shuffle tree serves all of them.
constexpr std::size_t kTogether = 4;
/// The most blocks for which the query stays in registers; longer ones read it from the cache.
constexpr std::size_t kMostInRegisters = 7;

struct Sums {
  __m512i of[kTogether];
};

/// The four totals.
KINDRED_VNNI inline __m128i totals(const Sums& sums) {
  const __m512i first = _mm512_add_epi32(_mm512_unpacklo_epi32(sums.of[0], sums.of[1]),
                                         _mm512_unpackhi_epi32(sums.of[0], sums.of[1]));
  const __m512i second = _mm512_add_epi32(_mm512_unpacklo_epi32(sums.of[2], sums.of[3]),
                                          _mm512_unpackhi_epi32(sums.of[2], sums.of[3]));
  const __m512i all =
      _mm512_add_epi32(_mm512_unpacklo_epi64(first, second), _mm512_unpackhi_epi64(first, second));
  const __m256i half =
      _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/// The query's registers, filled once.
struct Held {
  const __m512i* parts;
  KINDRED_VNNI inline __m512i part(std::size_t i) const { return parts[i]; }
};
/// The query in memory, on any boundary.
struct Read {
  const std::int8_t* values;
  KINDRED_VNNI inline __m512i part(std::size_t i) const {
    return _mm512_loadu_si512(values + i * kCodeBlock);
  }
};

// What a layout does with one block of a code: `kParts` parts of the query belong to it.
struct Nibbles {
  static constexpr std::size_t kParts = 2;
  template <class Query>
  KINDRED_VNNI static inline __m512i step(__m512i sum, __m512i code, Query query,
                                          std::size_t block) {
    const __m512i low = _mm512_set1_epi8(15);
    sum = _mm512_dpbusd_epi32(sum, _mm512_and_si512(code, low), query.part(2 * block));
    return _mm512_dpbusd_epi32(sum, _mm512_and_si512(_mm512_srli_epi16(code, 4), low),
                               query.part(2 * block + 1));
  }
};
struct Bytes {
  static constexpr std::size_t kParts = 1;
  template <class Query>
  KINDRED_VNNI static inline __m512i step(__m512i sum, __m512i code, Query query,
                                          std::size_t block) {
    return _mm512_dpbusd_epi32(sum, code, query.part(block));
  }
};
struct Distances {
  static constexpr std::size_t kParts = 1;
  template <class Query>
  KINDRED_VNNI static inline __m512i step(__m512i sum, __m512i code, Query query,
                                          std::size_t block) {
    // Sums of eight differences, each in the low half of 64 bits.
    return _mm512_add_epi32(sum, _mm512_sad_epu8(code, query.part(block)));
  }
};

/// kCodes codes of kBlocks blocks (0: as many as `blocks` says).
template <class Layout, std::size_t kBlocks, std::size_t kCodes, class Query>
KINDRED_VNNI inline Sums sums_of(Query query, const std::uint8_t* const* codes,
                                 std::size_t blocks) {
  Sums sums;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < kTogether; ++i) sums.of[i] = _mm512_setzero_si512();
  const std::size_t count = kBlocks == 0 ? blocks : kBlocks;
#pragma GCC unroll 8
  for (std::size_t block = 0; block < count; ++block)
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kCodes; ++i)
      sums.of[i] =
          Layout::step(sums.of[i], _mm512_loadu_si512(codes[i] + block * kCodeBlock), query, block);
  return sums;
}

template <class Layout, std::size_t kBlocks, class Query>
KINDRED_VNNI inline void score_with(Query query, const std::uint8_t* const* codes,
                                    std::size_t count, std::size_t blocks, std::int32_t* results) {
  std::size_t done = 0;
  for (; done + kTogether <= count; done += kTogether)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(results + done),
                     totals(sums_of<Layout, kBlocks, kTogether>(query, codes + done, blocks)));
  for (; done < count; ++done)
    results[done] =
        _mm512_reduce_add_epi32(sums_of<Layout, kBlocks, 1>(query, codes + done, blocks).of[0]);
}

template <class Layout, std::size_t kBlocks>
KINDRED_VNNI void score(const std::int8_t* query, const std::uint8_t* const* codes,
                        std::size_t count, std::size_t blocks, std::int32_t* results) {
  if constexpr (kBlocks == 0) {
    score_with<Layout, 0>(Read{query}, codes, count, blocks, results);
  } else {
    constexpr std::size_t kRegisters = kBlocks * Layout::kParts;
    __m512i held[kRegisters];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kRegisters; ++i)
      held[i] = _mm512_loadu_si512(query + i * kCodeBlock);
    score_with<Layout, kBlocks>(Held{held}, codes, count, blocks, results);
  }
}

/// The form for each number of blocks; number 0 takes all the others.
template <class Layout>
struct Forms {
  template <std::size_t... kBlocks>
  static constexpr auto table(std::index_sequence<kBlocks...>) {
    return std::array<CodeKernel, sizeof...(kBlocks)>{score<Layout, kBlocks>...};
  }
  static void run(const std::int8_t* query, const std::uint8_t* const* codes, std::size_t count,
                  std::size_t blocks, std::int32_t* results) {
    static constexpr auto kForms = table(std::make_index_sequence<kMostInRegisters + 1>());
    kForms[blocks <= kMostInRegisters ? blocks : 0](query, codes, count, blocks, results);
  }
};

}  // namespace

CodeKernels code_kernels_avx512_vnni() {
  return {Forms<Nibbles>::run, Forms<Bytes>::run, Forms<Distances>::run};
}

}  // namespace kindred::simd

#else

namespace kindred::simd {
CodeKernels code_kernels_avx512_vnni() { return {}; }
}  // namespace kindred::simd

#endif
