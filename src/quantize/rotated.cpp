#include "quantize/rotated.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "quantize/rounding.h"

namespace kindred::quantize {
namespace {

using simd::kCodeBlock;
constexpr std::size_t kBlockBits = 8 * kCodeBlock;

/// The steps tried for 4 bits, as shares of the one at which the largest coordinate just fits. For
/// normally distributed coordinates the best is near 0.8 of it, and lower with outliers.
constexpr std::array<float, 8> kShares = {0.45F, 0.55F, 0.62F, 0.69F, 0.76F, 0.83F, 0.9F, 1.0F};

/// Levels of a nibble are -7.5, -6.5, ..., 7.5 steps; of a byte -127, ..., 127.
constexpr float kNibbleCentre = 7.5F;
constexpr int kByteCentre = 128;

}  // namespace

Rotated::Rotated(unsigned bits, std::span<const float> mean, std::uint64_t seed)
    : bits_(bits),
      mean_(mean.begin(), mean.end()),
      blocks_((mean.size() * bits + kBlockBits - 1) / kBlockBits),
      padded_(blocks_ * kBlockBits / bits),
      rotation_(padded_, seed) {
  assert(bits == 4 || bits == 8);
}

simd::CodeKernel Rotated::kernel() const {
  return bits_ == 4 ? simd::nibble_dots() : simd::byte_dots();
}

void Rotated::reserve(CodeQuery& query) const {
  query.values.reserve_discarding(padded_);
  query.scratch.reserve_discarding(padded_);
}

std::span<float> Rotated::rotated(const float* vector, CodeQuery& scratch) const {
  reserve(scratch);
  const std::span<float> values(scratch.scratch.data(), padded_);
  for (std::size_t i = 0; i < mean_.size(); ++i) values[i] = vector[i] - mean_[i];
  std::fill(values.begin() + static_cast<std::ptrdiff_t>(mean_.size()), values.end(), 0.0F);
  rotation_.apply(values);
  return values;
}

CodeScale Rotated::encode(const float* vector, std::uint8_t* code, CodeQuery& scratch) const {
  const std::span<const float> values = rotated(vector, scratch);
  const Rounded rounded = round_to_bytes(values.data(), padded_, scratch.values.data());
  float with_levels = rounded.with_levels;
  if (bits_ == 8) {
    for (std::size_t i = 0; i < padded_; ++i)
      code[i] = static_cast<std::uint8_t>(scratch.values[i] + kByteCentre);
  } else {
    float inverse_step = 0;
    float best = -1;
    for (const float share : kShares) {
      const float candidate = rounded.largest > 0 ? 7.5F / (rounded.largest * share) : 0;
      const NibbleFit fit = fit_nibbles(values.data(), padded_, candidate);
      // The square of the cosine, but for the vector's own length.
      const float quality = fit.with_levels * fit.with_levels / fit.level_squares;
      if (quality > best) {
        best = quality;
        inverse_step = candidate;
        with_levels = fit.with_levels;
      }
    }
    round_to_nibbles(values.data(), padded_, inverse_step, code);
  }
  return {.step = with_levels > 0 ? rounded.squares / with_levels : 0, .norm = rounded.squares};
}

void Rotated::query(const float* vector, CodeQuery& query) const {
  const std::span<const float> values = rotated(vector, query);
  const Rounded rounded = round_to_bytes(values.data(), padded_, query.values.data());
  query.norm = rounded.squares;
  query.factor = -2 * (rounded.largest / 127);
  query.offset = -query.factor * (bits_ == 4 ? kNibbleCentre : static_cast<float>(kByteCentre)) *
                 static_cast<float>(rounded.sum);
}

void Rotated::query(const std::uint8_t* code, const CodeScale& scale, CodeQuery& query) const {
  reserve(query);
  query.norm = scale.norm;
  if (bits_ == 4) {
    // In half steps, so that the levels are whole numbers.
    const std::int32_t sum = levels_of_nibbles(code, blocks_ * kCodeBlock, query.values.data());
    query.factor = -scale.step;
    query.offset = scale.step * kNibbleCentre * static_cast<float>(sum);
  } else {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < padded_; ++i) {
      const int level = code[i] - kByteCentre;
      query.values[i] = static_cast<std::int8_t>(level);
      sum += level;
    }
    query.factor = -2 * scale.step;
    query.offset = 2 * scale.step * static_cast<float>(kByteCentre) * static_cast<float>(sum);
  }
}

}  // namespace kindred::quantize
