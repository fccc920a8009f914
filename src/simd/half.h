/// Half-precision numbers, as rows of an index are stored in to halve their memory: IEEE 754
/// binary16, 1 sign bit, 5 of exponent, 10 of fraction.
///
/// A value is rounded to the nearest half, ties to the even one: it keeps 11 significant bits, a
/// relative error of at most 2^-11 from 6.1e-5 up to 65,504; below that the distance between
/// neighbours stays 2^-24. What would round past 65,504 has no half: the conversion says so. All
/// instruction sets give the same bits. Back to float32 is exact.
///
/// Thread safety: all of it. No pointer needs an alignment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace kindred::simd {

struct Half {
  std::uint16_t bits = 0;
  bool operator==(const Half&) const = default;
};

/// The largest half, and the smallest float32 that rounds past it.
inline constexpr float kLargestHalf = 65504;
inline constexpr float kPastHalf = 65520;

/// Rounds values.size() values to `halves`. The answer is the place of the first value that no half
/// stands for (kPastHalf or more to either side, or not a number), or values.size(): then all went
/// well. What is written at such a place is not a finite half.
std::size_t to_halves(std::span<const float> values, Half* halves);

/// halves.size() finite halves as float32.
void to_floats(std::span<const Half> halves, float* values);

}  // namespace kindred::simd
