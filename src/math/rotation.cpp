#include "math/rotation.h"

#include <bit>
#include <cassert>
#include <cmath>

#include "base/random.h"
#include "math/hadamard.h"

namespace kindred::math {
namespace {

/// Each stretch twice: after one round a single large coordinate is spread over its stretch, after
/// two over everything, and two more make what is left of the order of coordinates vanish.
constexpr std::size_t kRounds = 4;

}  // namespace

Rotation::Rotation(std::size_t size, std::uint64_t seed)
    : size_(size), stretch_(std::bit_floor(size)), signs_(kRounds * stretch_) {
  base::Random random(seed);
  const float factor = 1 / std::sqrt(static_cast<float>(stretch_));
  for (float& sign : signs_) sign = (random.next() >> 63) == 0 ? factor : -factor;
}

void Rotation::apply(std::span<float> values) const {
  assert(values.size() == size_);
  for (std::size_t round = 0; round < kRounds; ++round) {
    float* part = values.data() + (round % 2 == 0 ? 0 : size_ - stretch_);
    const float* signs = signs_.data() + round * stretch_;
    for (std::size_t i = 0; i < stretch_; ++i) part[i] *= signs[i];
    hadamard(part, stretch_);
  }
}

}  // namespace kindred::math
