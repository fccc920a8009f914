#include "quantize/rotated.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "simd/oracle.h"
#include "support/instruction_sets.h"

namespace kindred::quantize {
namespace {

std::vector<float> random_vector(base::Random& random, std::size_t size, float centre) {
  std::vector<float> values(size);
  for (float& value : values) value = centre + random.normal();
  return values;
}

/// Mean and mean square of (estimate - distance) / (|query| |vector|), over random pairs.
struct Error {
  double mean = 0;
  double deviation = 0;
};

Error error_of(const Rotated& codec, std::size_t dimensions, bool from_code) {
  base::Random random(9);
  std::vector<std::uint8_t> code(codec.code_bytes());
  std::vector<std::uint8_t> query_code(codec.code_bytes());
  CodeQuery query;
  CodeQuery scratch;
  double sum = 0;
  double squares = 0;
  constexpr int kPairs = 400;
  for (int pair = 0; pair < kPairs; ++pair) {
    const auto a = random_vector(random, dimensions, 0.5F);
    auto b = random_vector(random, dimensions, 0.5F);
    // Half of them near each other.
    if (pair % 2 == 0)
      for (std::size_t i = 0; i < dimensions; ++i) b[i] = a[i] + 0.5F * (b[i] - 0.5F);
    const CodeScale scale = codec.encode(a.data(), code.data(), scratch);
    if (from_code) {
      const CodeScale query_scale = codec.encode(b.data(), query_code.data(), scratch);
      codec.query(query_code.data(), query_scale, query);
    } else {
      codec.query(b.data(), query);
    }
    const std::uint8_t* pointer = code.data();
    std::int32_t product = 0;
    codec.kernel()(query.values.data(), &pointer, 1, codec.blocks(), &product);
    double query_norm = 0;
    for (std::size_t i = 0; i < dimensions; ++i)
      query_norm += (b[i] - codec.mean()[i]) * (b[i] - codec.mean()[i]);
    const double distance = simd::oracle::squared_euclidean(a, b);
    const double error = (query.nearness(product, scale) + query_norm - distance) /
                         std::sqrt(query_norm * scale.norm);
    sum += error;
    squares += error * error;
  }
  return {sum / kPairs, std::sqrt(squares / kPairs)};
}

TEST(Rotated, EstimatesSquaredDistancesWithoutBias) {
  testing::on_every_instruction_set([] {
    for (const std::size_t dimensions : {64, 100, 384, 784}) {
      const std::vector<float> mean(dimensions, 0.5F);
      const double root = std::sqrt(static_cast<double>(dimensions));
      // The theory for a uniform quantizer of normal coordinates: twice 0.11 (4 bits), 0.007 (8).
      const Error nibbles = error_of(Rotated(4, mean, 1), dimensions, false);
      EXPECT_LT(nibbles.deviation, 0.26 / root) << dimensions;
      EXPECT_LT(std::fabs(nibbles.mean), 0.05 / root) << dimensions;
      const Error bytes = error_of(Rotated(8, mean, 1), dimensions, false);
      EXPECT_LT(bytes.deviation, 0.03 / root) << dimensions;
      EXPECT_LT(std::fabs(bytes.mean), 0.005 / root) << dimensions;
    }
  });
}

TEST(Rotated, ACodeServesAsAQuery) {
  const std::vector<float> mean(384, 0.5F);
  EXPECT_LT(error_of(Rotated(4, mean, 1), 384, true).deviation, 0.4 / std::sqrt(384.0));
  EXPECT_LT(error_of(Rotated(8, mean, 1), 384, true).deviation, 0.04 / std::sqrt(384.0));
}

TEST(Rotated, TakesTheMeanItself) {
  const std::vector<float> mean(100, 3.0F);
  for (const unsigned bits : {4U, 8U}) {
    const Rotated codec(bits, mean, 1);
    std::vector<std::uint8_t> code(codec.code_bytes());
    CodeQuery scratch;
    const CodeScale scale = codec.encode(mean.data(), code.data(), scratch);
    EXPECT_EQ(scale.step, 0);
    EXPECT_EQ(scale.norm, 0);
    codec.query(mean.data(), scratch);
    EXPECT_EQ(scratch.factor, 0);
  }
}

}  // namespace
}  // namespace kindred::quantize
