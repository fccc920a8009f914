// AVX2: products of bytes are summed in pairs, in 16 bits.
#include "simd/code_dot_kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define KINDRED_AVX2 __attribute__((target("avx2")))

namespace kindred::simd {
namespace {

KINDRED_AVX2 inline __m256i load(const void* bytes) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(bytes));
}

KINDRED_AVX2 inline std::int32_t total(__m256i sums) {
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0b01'00'11'10));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0b10'11'00'01));
  return _mm_cvtsi128_si32(half);
}

// What a layout does with half a block of a code. `query` begins at the block's values.
struct Nibbles {
  static constexpr std::size_t kQueryBlock = 2 * kCodeBlock;
  KINDRED_AVX2 static inline __m256i step(__m256i sum, const std::uint8_t* code,
                                          const std::int8_t* query) {
    const __m256i low = _mm256_set1_epi8(15);
    const __m256i both = load(code);
    // 4 products of at most 15 * 128 each: far from the end of 16 bits.
    const __m256i pairs =
        _mm256_add_epi16(_mm256_maddubs_epi16(_mm256_and_si256(both, low), load(query)),
                         _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(both, 4), low),
                                              load(query + kCodeBlock)));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
};
struct Bytes {
  static constexpr std::size_t kQueryBlock = kCodeBlock;
  KINDRED_AVX2 static inline __m256i step(__m256i sum, const std::uint8_t* code,
                                          const std::int8_t* query) {
    // 255 * 128 * 2 does not fit into 16 bits, so bytes are widened first.
    for (std::size_t at = 0; at < sizeof(__m256i); at += sizeof(__m128i)) {
      const __m256i values =
          _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(query + at)));
      const __m256i codes =
          _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(code + at)));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(codes, values));
    }
    return sum;
  }
};
struct Distances {
  static constexpr std::size_t kQueryBlock = kCodeBlock;
  KINDRED_AVX2 static inline __m256i step(__m256i sum, const std::uint8_t* code,
                                          const std::int8_t* query) {
    return _mm256_add_epi32(sum, _mm256_sad_epu8(load(code), load(query)));
  }
};

template <class Layout>
KINDRED_AVX2 void score(const std::int8_t* query, const std::uint8_t* const* codes,
                        std::size_t count, std::size_t blocks, std::int32_t* results) {
  for (std::size_t i = 0; i < count; ++i) {
    __m256i even = _mm256_setzero_si256();
    __m256i odd = _mm256_setzero_si256();
    for (std::size_t block = 0; block < blocks; ++block) {
      const std::uint8_t* code = codes[i] + block * kCodeBlock;
      const std::int8_t* values = query + block * Layout::kQueryBlock;
      even = Layout::step(even, code, values);
      odd = Layout::step(odd, code + sizeof(__m256i), values + sizeof(__m256i));
    }
    results[i] = total(_mm256_add_epi32(even, odd));
  }
}

}  // namespace

CodeKernels code_kernels_avx2() { return {score<Nibbles>, score<Bytes>, score<Distances>}; }

}  // namespace kindred::simd

#else

namespace kindred::simd {
CodeKernels code_kernels_avx2() { return {}; }
}  // namespace kindred::simd

#endif
