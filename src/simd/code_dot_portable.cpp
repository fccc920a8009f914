#include <cstdlib>

#include "simd/code_dot_kernels.h"

namespace kindred::simd {
namespace {

void nibble_dots_portable(const std::int8_t* query, const std::uint8_t* const* codes,
                          std::size_t count, std::size_t blocks, std::int32_t* results) {
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t sum = 0;
    for (std::size_t block = 0; block < blocks; ++block) {
      const std::uint8_t* code = codes[i] + block * kCodeBlock;
      const std::int8_t* values = query + 2 * block * kCodeBlock;
      for (std::size_t at = 0; at < kCodeBlock; ++at)
        sum += (code[at] & 15) * values[at] + (code[at] >> 4) * values[kCodeBlock + at];
    }
    results[i] = sum;
  }
}

void byte_dots_portable(const std::int8_t* query, const std::uint8_t* const* codes,
                        std::size_t count, std::size_t blocks, std::int32_t* results) {
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t sum = 0;
    for (std::size_t at = 0; at < blocks * kCodeBlock; ++at) sum += codes[i][at] * query[at];
    results[i] = sum;
  }
}

void byte_distances_portable(const std::int8_t* query, const std::uint8_t* const* codes,
                             std::size_t count, std::size_t blocks, std::int32_t* results) {
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t sum = 0;
    for (std::size_t at = 0; at < blocks * kCodeBlock; ++at)
      sum += std::abs(codes[i][at] - static_cast<std::uint8_t>(query[at]));
    results[i] = sum;
  }
}

}  // namespace

CodeKernels code_kernels_portable() {
  return {nibble_dots_portable, byte_dots_portable, byte_distances_portable};
}

}  // namespace kindred::simd
