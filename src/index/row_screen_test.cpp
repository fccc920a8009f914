#include "index/row_screen.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "index/metrics.h"
#include "simd/oracle.h"
#include "support/instruction_sets.h"

namespace kindred::index {
namespace {

/// Between what a row's score lies, as the screen says. `squares`: |q|^2, for distances.
struct Interval {
  double lowest = 0;
  double highest = 0;
  double squares = 0;
};

Interval interval(std::span<const float> row, std::span<const float> query, Metric metric) {
  RowScreen screen(row.size());
  screen.resize(1);
  screen.set(0, row);
  std::vector<std::int8_t> codes(screen.query_bytes());
  RoundedQuery rounded;
  EXPECT_TRUE(screen.round(query, metric, codes.data(), rounded));
  std::vector<std::int32_t> products(simd::kPanelRows);
  simd::panel_dots().run(codes.data(), 1, simd::panel_groups(row.size()), screen.codes(0), 1,
                         products.data());
  simd::Passed passed;
  EXPECT_EQ(simd::screen()(products.data(), screen.facts(0), rounded.bounds, 1,
                           -std::numeric_limits<float>::infinity(), &passed),
            1);
  return {passed.lowest, passed.highest, rounded.squares};
}

/// The score by which the screen compares, of the plain kernel.
double plain(std::span<const float> row, std::span<const float> query, Metric metric) {
  float score = 0;
  if (metric == Metric::dot) {
    simd::dot_rows()(query.data(), row.data(), 1, row.size(), &score);
    return score;
  }
  simd::squared_euclidean_rows()(query.data(), row.data(), 1, row.size(), &score);
  return simd::oracle::dot(query, query) - score;
}

void expect_within(std::span<const float> row, std::span<const float> query) {
  for (const Metric metric : {Metric::dot, Metric::euclidean}) {
    const Interval bounds = interval(row, query, metric);
    EXPECT_GE(plain(row, query, metric), bounds.lowest) << name_of(metric);
    EXPECT_LE(plain(row, query, metric), bounds.highest) << name_of(metric);
  }
}

TEST(RowScreen, BoundsRandomVectors) {
  testing::on_every_instruction_set([] {
    base::Random random(1);
    for (const std::size_t dimensions : {1, 2, 3, 4, 5, 16, 17, 100, 384})
      for (const float length : {1e-20F, 1e-3F, 1.0F, 1e8F}) {
        std::vector<float> row(dimensions), query(dimensions);
        for (float& value : row) value = length * random.normal();
        for (float& value : query) value = random.normal();
        expect_within(row, query);
      }
  });
}

/// The worst row for a query: each value is rounded away by half a step, to the side that the query
/// points to. The bound is then reached, and no narrower one would hold.
TEST(RowScreen, BoundsRowsThatAreRoundedAgainstTheQuery) {
  testing::on_every_instruction_set([] {
    constexpr std::size_t kDimensions = 256;
    constexpr float kStep = 0.01F;
    std::vector<float> row(kDimensions), query(kDimensions);
    for (const float side : {1.0F, -1.0F}) {
      for (std::size_t i = 0; i < kDimensions; ++i) {
        query[i] = i % 2 == 0 ? 1 : -1;
        row[i] = kStep * (100 + static_cast<float>(i % 50) + 0.49F * side * query[i]);
      }
      row[0] = 0;
      row[1] = 255 * kStep;
      expect_within(row, query);
      const Interval bounds = interval(row, query, Metric::dot);
      const double exact = simd::oracle::dot(row, query);
      const double missed = side > 0 ? bounds.highest - exact : exact - bounds.lowest;
      EXPECT_LT(missed, 0.03 * (bounds.highest - bounds.lowest));
    }
  });
}

/// The worst query for a row, likewise: what rounding takes from the query points along the row.
TEST(RowScreen, BoundsQueriesThatAreRoundedAlongTheRow) {
  testing::on_every_instruction_set([] {
    constexpr std::size_t kDimensions = 256;
    const auto limit = static_cast<float>(simd::panel_dots().limit);
    std::vector<float> row(kDimensions), query(kDimensions);
    for (const float side : {1.0F, -1.0F}) {
      for (std::size_t i = 0; i < kDimensions; ++i) {
        row[i] = i % 2 == 0 ? 3 : 0;
        query[i] = i % 2 == 0 ? 10 + 0.49F * side : 0;
      }
      query[1] = limit;  // so that a step is 1
      expect_within(row, query);
      const Interval bounds = interval(row, query, Metric::dot);
      const double exact = simd::oracle::dot(row, query);
      const double missed = side > 0 ? bounds.highest - exact : exact - bounds.lowest;
      EXPECT_LT(missed, 0.03 * (bounds.highest - bounds.lowest));
    }
  });
}

/// Rows and queries of integers lose nothing: what is left is the arithmetic of float32.
TEST(RowScreen, BoundsWhatFloat32Rounds) {
  testing::on_every_instruction_set([] {
    base::Random random(2);
    for (const std::size_t dimensions : {384, 5000, 65'536}) {
      std::vector<float> row(dimensions), query(dimensions);
      for (float& value : row) value = static_cast<float>(random.below(256));
      for (float& value : query)
        value = static_cast<float>(
            random.below(static_cast<std::uint64_t>(simd::panel_dots().limit + 1)));
      row[0] = 255;
      row[1] = 0;
      query[0] = static_cast<float>(simd::panel_dots().limit);
      expect_within(row, query);
      const Interval bounds = interval(row, query, Metric::dot);
      EXPECT_LT(bounds.highest - bounds.lowest, 0.02 * bounds.highest);
    }
  });
}

TEST(RowScreen, HasNoBoundsForWhatMayOverflow) {
  const std::vector<float> usual(8, 1.0F);
  for (const float value :
       {1e18F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    const std::vector<float> bad(8, value);
    EXPECT_TRUE(std::isnan(interval(bad, usual, Metric::dot).highest));
    EXPECT_TRUE(std::isnan(interval(bad, usual, Metric::euclidean).highest));
    const RowScreen screen(8);
    std::vector<std::int8_t> codes(screen.query_bytes());
    RoundedQuery rounded;
    EXPECT_FALSE(screen.round(bad, Metric::dot, codes.data(), rounded));
  }
  EXPECT_FALSE(RowScreen::serves(Metric::manhattan));
}

/// Different sums of squares can have the same root: a bar made of a root lies below all of them.
TEST(RowScreen, PutsTheBarBelowAllThatHaveTheSameDistance) {
  base::Random random(3);
  for (int trial = 0; trial < 10'000; ++trial) {
    const float distance = std::exp(random.normal());
    RoundedQuery query;
    query.bounds.distance = true;
    query.squares = 0;
    float furthest = distance * distance;
    while (std::sqrt(furthest) <= distance)
      furthest = std::nextafter(furthest, std::numeric_limits<float>::infinity());
    furthest = std::nextafter(furthest, 0.0F);
    ASSERT_EQ(std::sqrt(furthest), distance);
    EXPECT_LE(query.bar(-distance), -furthest);
  }
  RoundedQuery query;
  EXPECT_EQ(query.bar(0.25F), 0.25F);
  query.bounds.distance = true;
  EXPECT_EQ(query.bar(-std::numeric_limits<float>::infinity()),
            -std::numeric_limits<float>::infinity());
}

}  // namespace
}  // namespace kindred::index
