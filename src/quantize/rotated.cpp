#include "quantize/rotated.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace kindred::quantize {
namespace {

using simd::kCodeBlock;

/// The steps tried for 4 bits, as shares of the one at which the largest coordinate just fits. For
/// normally distributed coordinates the best is near 0.8 of it, and lower with outliers.
constexpr std::array<float, 8> kShares = {0.45F, 0.55F, 0.62F, 0.69F, 0.76F, 0.83F, 0.9F, 1.0F};

/// Levels of a nibble are -7.5, -6.5, ..., 7.5 steps; of a byte -127, ..., 127.
constexpr float kNibbleCentre = 7.5F;
constexpr float kByteCentre = 128;

float largest_of(std::span<const float> values) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(value));
  return largest;
}

/// The level below or at `value`, in steps, as a number from 0 to 15.
int nibble_of(float value, float inverse_step) {
  return std::clamp(static_cast<int>(value * inverse_step + 8), 0, 15);
}

struct Fit {
  float with_vector = 0;  ///< the code's inner product with the vector, in steps
  float with_itself = 0;
  /// The square of the cosine, but for the vector's own length.
  float quality() const { return with_itself > 0 ? with_vector * with_vector / with_itself : 0; }
};

Fit fit_of(std::span<const float> values, float inverse_step) {
  Fit fit;
#pragma GCC ivdep
  for (const float value : values) {
    const float scaled = std::min(std::max(value * inverse_step + 8, 0.0F), 15.0F);
    const float level = static_cast<float>(static_cast<int>(scaled)) - kNibbleCentre;
    fit.with_vector += value * level;
    fit.with_itself += level * level;
  }
  return fit;
}

}  // namespace

Rotated::Rotated(unsigned bits, std::span<const float> mean, std::uint64_t seed)
    : bits_(bits),
      mean_(mean.begin(), mean.end()),
      padded_((mean.size() + values_in_block() - 1) / values_in_block() * values_in_block()),
      rotation_(padded_, seed) {
  assert(bits == 4 || bits == 8);
}

std::size_t Rotated::values_in_block() const { return kCodeBlock * 8 / bits_; }

std::size_t Rotated::blocks() const { return padded_ / values_in_block(); }

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
  const float largest = largest_of(values);
  double squares = 0;
  for (const float value : values) squares += double{value} * value;
  const auto norm = static_cast<float>(squares);

  float with_vector = 0;
  if (bits_ == 8) {
    const float inverse_step = largest > 0 ? 127 / largest : 0;
    for (std::size_t i = 0; i < padded_; ++i) {
      const float level = std::nearbyint(values[i] * inverse_step);
      code[i] = static_cast<std::uint8_t>(level + kByteCentre);
      with_vector += values[i] * level;
    }
  } else {
    float inverse_step = 0;
    float best = -1;
    for (const float share : kShares) {
      const float candidate = largest > 0 ? 7.5F / (largest * share) : 0;
      const Fit fit = fit_of(values, candidate);
      if (fit.quality() > best) {
        best = fit.quality();
        inverse_step = candidate;
        with_vector = fit.with_vector;
      }
    }
    for (std::size_t block = 0; block < blocks(); ++block)
      for (std::size_t i = 0; i < kCodeBlock; ++i) {
        const float* low = values.data() + 2 * block * kCodeBlock + i;
        code[block * kCodeBlock + i] = static_cast<std::uint8_t>(
            nibble_of(*low, inverse_step) | nibble_of(low[kCodeBlock], inverse_step) << 4);
      }
  }
  return {.step = with_vector > 0 ? norm / with_vector : 0, .norm = norm};
}

void Rotated::query(const float* vector, CodeQuery& query) const {
  const std::span<const float> values = rotated(vector, query);
  const float largest = largest_of(values);
  const float inverse_step = largest > 0 ? 127 / largest : 0;
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < padded_; ++i) {
    const auto level =
        static_cast<std::int32_t>(values[i] * inverse_step + (values[i] < 0 ? -0.5F : 0.5F));
    query.values[i] = static_cast<std::int8_t>(level);
    sum += level;
  }
  query.factor = -2 * (largest / 127);
  query.offset =
      -query.factor * (bits_ == 4 ? kNibbleCentre : kByteCentre) * static_cast<float>(sum);
}

void Rotated::query(const std::uint8_t* code, const CodeScale& scale, CodeQuery& query) const {
  reserve(query);
  std::int32_t sum = 0;
  if (bits_ == 4) {
    // In half steps, so that the levels are whole numbers.
    for (std::size_t block = 0; block < blocks(); ++block)
      for (std::size_t i = 0; i < kCodeBlock; ++i) {
        const int both = code[block * kCodeBlock + i];
        const int low = 2 * (both & 15) - 15;
        const int high = 2 * (both >> 4) - 15;
        std::int8_t* values = query.values.data() + 2 * block * kCodeBlock + i;
        values[0] = static_cast<std::int8_t>(low);
        values[kCodeBlock] = static_cast<std::int8_t>(high);
        sum += low + high;
      }
    query.factor = -scale.step;
    query.offset = scale.step * kNibbleCentre * static_cast<float>(sum);
  } else {
    for (std::size_t i = 0; i < padded_; ++i) {
      const int level = code[i] - 128;
      query.values[i] = static_cast<std::int8_t>(level);
      sum += level;
    }
    query.factor = -2 * scale.step;
    query.offset = 2 * scale.step * kByteCentre * static_cast<float>(sum);
  }
}

}  // namespace kindred::quantize
