#include "base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace kindred::base {
namespace {

// The first numbers for two seeds, from the definitions of SplitMix64 and xoshiro256** in exact
// arithmetic (Python): a change here changes every index and every sample that a seed stands for.
TEST(Random, GivesTheSameNumbersEverywhere) {
  const auto first = [](std::uint64_t seed) {
    Random random(seed);
    return std::array{random.next(), random.next(), random.next(), random.next()};
  };
  EXPECT_EQ(first(0), (std::array<std::uint64_t, 4>{0x99ec5f36cb75f2b4, 0xbf6e1f784956452a,
                                                    0x1a5f849d4933e6e0, 0x6aa594f1262d2d2c}));
  EXPECT_EQ(first(42), (std::array<std::uint64_t, 4>{0x15780b2e0c2ec716, 0x6104d9866d113a7e,
                                                     0xae17533239e499a1, 0xecb8ad4703b360a1}));
}

TEST(Random, StaysBelowItsBound) {
  Random random(1);
  for (const std::uint64_t bound : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3},
                                    std::uint64_t{1} << 63, (std::uint64_t{1} << 63) + 1})
    for (int i = 0; i < 1000; ++i) ASSERT_LT(random.below(bound), bound);

  // Chi-square of 10 equal classes: 27.9 is exceeded once in a thousand seeds.
  std::array<int, 10> counts{};
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) ++counts[random.below(10)];
  double chi_square = 0;
  for (const int count : counts) chi_square += std::pow(count - draws / 10.0, 2) / (draws / 10.0);
  EXPECT_LT(chi_square, 27.9);
}

TEST(Random, HasTheMomentsOfItsDistributions) {
  Random random(2);
  constexpr int draws = 200'000;
  double uniform = 0;
  double normal = 0;
  double squares = 0;
  for (int i = 0; i < draws; ++i) {
    const float value = random.uniform();
    ASSERT_GE(value, 0.0F);
    ASSERT_LT(value, 1.0F);
    uniform += value;
    const double sample = random.normal();
    ASSERT_TRUE(std::isfinite(sample));
    normal += sample;
    squares += sample * sample;
  }
  // Five standard errors.
  EXPECT_NEAR(uniform / draws, 0.5, 5 * std::sqrt(1 / 12.0 / draws));
  EXPECT_NEAR(normal / draws, 0, 5 / std::sqrt(draws));
  EXPECT_NEAR(squares / draws, 1, 5 * std::sqrt(2.0 / draws));
}

}  // namespace
}  // namespace kindred::base
