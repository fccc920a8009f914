#include "index/walk_space.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "simd/code_dot.h"
#include "simd/normalize.h"
#include "simd/oracle.h"

namespace kindred::index {
namespace {

Matrix make_rows(std::size_t count, std::size_t dimensions, Metric metric) {
  base::Random random(count);
  Matrix rows(count, dimensions);
  for (std::size_t row = 0; row < count; ++row) {
    // Lengths differ, and the mean is far from zero.
    const float length = 0.5F + random.uniform();
    for (float& value : rows.row(row)) value = length * (random.normal() + 0.5F);
    if (metric == Metric::cosine) simd::normalize(rows.row(row));
  }
  return rows;
}

/// The distance that the space should see, of a row and a query that stands for itself.
double expected(const WalkSpace& space, Metric metric, std::span<const float> row,
                std::span<const float> query) {
  if (metric == Metric::manhattan) return simd::oracle::manhattan(row, query);
  if (metric != Metric::dot) return simd::oracle::squared_euclidean(row, query);
  // Both are as long as the longest row.
  const double longest = space.parts().longest;
  const double length = std::sqrt(simd::oracle::dot(query, query));
  return 2 * longest * longest - 2 * simd::oracle::dot(row, query) * longest / length;
}

class WalkSpaceTest : public ::testing::TestWithParam<Metric> {};

TEST_P(WalkSpaceTest, DistancesOfCodesAreThoseOfTheMetric) {
  constexpr std::size_t kDimensions = 100;
  const Matrix rows = make_rows(500, kDimensions, GetParam());
  const WalkSpace space =
      WalkSpace::fit(rows.view(), {.metric = GetParam(), .code_bits = 8, .seed = 3});
  EXPECT_EQ(space.codec().dimensions(), WalkSpace::coordinates_of(GetParam(), kDimensions));
  quantize::CodeQuery query;
  quantize::CodeQuery scratch;
  std::vector<std::uint8_t> code(space.codec().code_bytes());
  for (std::size_t asked = 0; asked < 500; asked += 100) {
    space.query(rows.view().row(asked), query);
    double sum = 0;
    for (std::size_t row = 0; row < 500; ++row) {
      const auto scale = space.encode(rows.view().row(row), code.data(), scratch);
      const std::uint8_t* pointer = code.data();
      std::int32_t product = 0;
      space.codec().kernel()(query.values.data(), &pointer, 1, space.codec().blocks(), &product);
      const double distance = query.nearness(product, scale) + query.norm;
      const double exact =
          expected(space, GetParam(), rows.view().row(row), rows.view().row(asked));
      // Two vectors near each other are told apart by small parts of long codes.
      const double squares = simd::oracle::dot(rows.view().row(row), rows.view().row(row));
      EXPECT_NEAR(distance, exact, 0.03 * exact + 0.002 * squares) << row;
      sum += exact;
    }
    EXPECT_GT(sum, 0);
  }
}

/// What a file keeps is all of it.
TEST_P(WalkSpaceTest, PartsMakeTheSameSpace) {
  const Matrix rows = make_rows(200, 20, GetParam());
  const WalkSpace fitted = WalkSpace::fit(rows.view(), {.metric = GetParam(), .seed = 9});
  const WalkSpace made(GetParam(), 20, fitted.parts());
  quantize::CodeQuery scratch;
  for (std::size_t row = 0; row < 200; ++row) {
    std::vector<std::uint8_t> code(fitted.codec().code_bytes());
    std::vector<std::uint8_t> again(made.codec().code_bytes());
    const auto scale = fitted.encode(rows.view().row(row), code.data(), scratch);
    const auto scale_again = made.encode(rows.view().row(row), again.data(), scratch);
    ASSERT_EQ(code, again);
    ASSERT_EQ(scale.step, scale_again.step);
    ASSERT_EQ(scale.norm, scale_again.norm);
  }
}

TEST_P(WalkSpaceTest, OneRowAndZerosAreEnough) {
  const Matrix rows(1, 5);
  const WalkSpace space = WalkSpace::fit(rows.view(), {.metric = GetParam()});
  quantize::CodeQuery query;
  std::vector<std::uint8_t> code(space.codec().code_bytes());
  const auto scale = space.encode(rows.view().row(0), code.data(), query);
  space.query(rows.view().row(0), query);
  const std::uint8_t* pointer = code.data();
  std::int32_t product = 0;
  space.codec().kernel()(query.values.data(), &pointer, 1, space.codec().blocks(), &product);
  EXPECT_NEAR(query.nearness(product, scale) + query.norm, 0, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Metrics, WalkSpaceTest,
                         ::testing::Values(Metric::cosine, Metric::dot, Metric::euclidean,
                                           Metric::manhattan),
                         [](const auto& made) { return std::string(name_of(made.param)); });

}  // namespace
}  // namespace kindred::index
