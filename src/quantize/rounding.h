/// The arithmetic of rotated codes (rotated.h): rounding to bytes and nibbles, and how well that
/// does.
///
/// Thread safety: all of it. The same bits on every run with the same instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kindred::quantize {

struct Rounded {
  float largest = 0;      ///< |value|: level 127 stands for it
  float squares = 0;      ///< sum of value^2
  float with_levels = 0;  ///< sum of value * level
  std::int32_t sum = 0;   ///< of the levels
};

/// levels[i] = value * 127 / largest, rounded. count: a multiple of 64.
Rounded round_to_bytes(const float* values, std::size_t count, std::int8_t* levels);

/// How well levels -7.5, -6.5, ..., 7.5 of a step point the vector's way.
struct NibbleFit {
  float with_levels = 0;    ///< sum of value * level
  float level_squares = 0;  ///< sum of level^2
};

NibbleFit fit_nibbles(const float* values, std::size_t count, float inverse_step);

/// codes: a nibble 0 ... 15 a value, in simd/code_dot.h's layout. count: a multiple of 128.
void round_to_nibbles(const float* values, std::size_t count, float inverse_step,
                      std::uint8_t* codes);

/// Back again, in half steps: levels[i] = 2 * nibble - 15, in the order of the values. bytes: a
/// multiple of 64. The sum of the levels.
std::int32_t levels_of_nibbles(const std::uint8_t* codes, std::size_t bytes, std::int8_t* levels);

}  // namespace kindred::quantize
