// Principal components of points whose components are known.
#include "math/principal_components.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace kindred::math {
namespace {

TEST(PrincipalComponents, AreTheDirectionsOfLargestVariance) {
  // Along (3, 4, 0) / 5 by 10, along (0, 0, 1) by 2, along the third by nothing, around (7, 8, 9).
  base::Random random(1);
  constexpr std::size_t kRows = 500;
  Matrix rows(kRows, 3);
  std::vector<std::pair<float, float>> drawn;
  double variance[2] = {0, 0};
  for (std::size_t i = 0; i < kRows; ++i) {
    const float a = 10 * random.normal();
    const float b = 2 * random.normal();
    drawn.emplace_back(a, b);
    rows.row(i)[0] = 7 + 0.6F * a;
    rows.row(i)[1] = 8 + 0.8F * a;
    rows.row(i)[2] = 9 + b;
    variance[0] += a * a;
    variance[1] += b * b;
  }
  const auto found = principal_components(rows, 3);
  EXPECT_NEAR(found.shares[0], variance[0] / (variance[0] + variance[1]), 0.01);
  EXPECT_NEAR(found.shares[0] + found.shares[1], 1, 1e-5);
  EXPECT_NEAR(found.shares[2], 0, 1e-5);
  double with_a = 0;
  double length = 0;
  float largest = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    with_a += drawn[i].first * found.rows.row(i)[0];
    length += found.rows.row(i)[0] * found.rows.row(i)[0];
    if (std::abs(found.rows.row(i)[0]) > std::abs(largest)) largest = found.rows.row(i)[0];
    EXPECT_NEAR(found.rows.row(i)[2], 0, 1e-3);
  }
  EXPECT_GT(std::abs(with_a) / std::sqrt(variance[0] * length), 0.999);
  EXPECT_GT(largest, 0);
}

TEST(PrincipalComponents, OfFewRowsAreZeros) {
  Matrix rows(1, 2);
  rows.row(0)[0] = 3;
  const auto found = principal_components(rows, 3);
  for (const float value : found.rows.values()) EXPECT_EQ(value, 0);
  for (const float share : found.shares) EXPECT_EQ(share, 0);
}

}  // namespace
}  // namespace kindred::math
