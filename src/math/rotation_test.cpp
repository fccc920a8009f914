#include "math/rotation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "base/random.h"

namespace kindred::math {
namespace {

std::vector<float> random_vector(std::size_t size, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<float> values(size);
  for (float& value : values) value = random.normal();
  return values;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST(Rotation, KeepsInnerProducts) {
  for (const std::size_t size : {1, 2, 3, 64, 100, 128, 200, 384, 896, 1000}) {
    const Rotation rotation(size, 3);
    auto a = random_vector(size, 1);
    auto b = random_vector(size, 2);
    const double product = dot(a, b);
    const double length = dot(a, a);
    rotation.apply(a);
    rotation.apply(b);
    EXPECT_NEAR(dot(a, b), product, 1e-4 * static_cast<double>(size)) << size;
    EXPECT_NEAR(dot(a, a), length, 1e-4 * length) << size;
  }
}

TEST(Rotation, SpreadsASingleCoordinateOverAll) {
  for (const std::size_t size : {128, 200, 384, 896})
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      std::vector<float> values(size);
      values[at] = 1;
      Rotation(size, 7).apply(values);
      float largest = 0;
      for (const float value : values) largest = std::max(largest, std::fabs(value));
      // A normal distribution of that variance hardly ever goes past five standard deviations.
      EXPECT_LT(largest, 5 / std::sqrt(static_cast<float>(size))) << size << ", coordinate " << at;
    }
}

TEST(Rotation, FollowsItsSeed) {
  const auto rotated = [](std::uint64_t seed) {
    auto values = random_vector(384, 1);
    Rotation(384, seed).apply(values);
    return values;
  };
  EXPECT_EQ(rotated(5), rotated(5));
  EXPECT_NE(rotated(5), rotated(6));
}

}  // namespace
}  // namespace kindred::math
