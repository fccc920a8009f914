/// Seeded random numbers, the same on every machine (the distributions of <random> differ between
/// standard libraries).
///
/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018), its
/// state filled from the seed by SplitMix64. Give each independent stream its own seed. Thread
/// safety: one thread at a time. Cost: about a nanosecond a number.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace kindred::base {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t mixed = seed;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      word = mixed ^ (mixed >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound), without bias (Lemire 2019); bound is above 0.
  std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    for (;;) {
      const Wide product = static_cast<Wide>(next()) * bound;
      if (static_cast<std::uint64_t>(product) >= -bound % bound)
        return static_cast<std::uint64_t>(product >> 64);
    }
  }

  /// Uniform in [0, 1), 24 bits.
  float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24F; }

  /// Standard normal (Box and Muller 1958).
  float normal() {
    const double radius =
        std::sqrt(-2.0 * std::log(1.0 - static_cast<double>(next() >> 11) * 0x1p-53));
    return static_cast<float>(
        radius * std::cos(2.0 * std::numbers::pi * static_cast<double>(next() >> 11) * 0x1p-53));
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace kindred::base
