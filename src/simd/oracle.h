/// The scalar oracle: what the kernels compute, said as plainly as possible, in double precision.
/// For tests.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace kindred::simd::oracle {

inline double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

inline double squared_euclidean(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return sum;
}

inline double euclidean(std::span<const float> a, std::span<const float> b) {
  return std::sqrt(squared_euclidean(a, b));
}

inline double manhattan(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(double{a[i]} - b[i]);
  return sum;
}

inline double cosine(std::span<const float> a, std::span<const float> b) {
  const double lengths = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  return lengths == 0 ? 0 : dot(a, b) / lengths;
}

/// The value of a half that is a number and finite.
inline double from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  const double magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return bits >> 15 == 0 ? magnitude : -magnitude;
}

/// The half nearest to a value below 65,520 in magnitude; of two, the one whose last bit is 0.
inline std::uint16_t to_half(double value) {
  // Finite halves of one sign are in the order of their bits.
  std::uint16_t below = 0;
  for (std::uint16_t bit = 1 << 14; bit > 0; bit >>= 1)
    if ((below | bit) < 0x7c00 && from_half(below | bit) <= std::abs(value)) below |= bit;
  const double down = std::abs(value) - from_half(below);
  const double up = below == 0x7bff
                        ? 65536 - std::abs(value)
                        : from_half(static_cast<std::uint16_t>(below + 1)) - std::abs(value);
  const bool take_next = up < down || (up == down && below % 2 == 1);
  return static_cast<std::uint16_t>((below + (take_next ? 1 : 0)) |
                                    (std::signbit(value) ? 0x8000 : 0));
}

}  // namespace kindred::simd::oracle
