/// A random rotation that costs O(dimensions log dimensions): it spreads a vector's energy evenly
/// over all coordinates, which is what makes few bits a coordinate enough
/// (quantize/scalar_codes.h).
///
/// Rounds of random sign flips and Walsh-Hadamard transforms (Ailon and Chazelle, "The fast
/// Johnson-Lindenstrauss transform", 2009). A transform needs a power of two; with a length that is
/// none, rounds take the first and the last such stretch in turn, which overlap. Lengths and inner
/// products stay what they are, but for rounding.
///
/// Additions of a fixed order only: the same bits on every instruction set. Thread safety:
/// immutable. Cost: about 0.4 microseconds for 384 coordinates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kindred::math {

class Rotation {
 public:
  Rotation() = default;
  /// `size` is at least 1. Equal seeds and sizes give the same rotation on every machine.
  Rotation(std::size_t size, std::uint64_t seed);

  std::size_t size() const { return size_; }
  /// Rotates `size` values in place.
  void apply(std::span<float> values) const;

 private:
  std::size_t size_ = 0;
  std::size_t stretch_ = 0;   ///< the largest power of two that `size` holds
  std::vector<float> signs_;  ///< a round after the other: 1 / sqrt(stretch) or its negative
};

}  // namespace kindred::math
