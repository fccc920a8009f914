#include "simd/panel_dot.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "support/instruction_sets.h"

namespace kindred::simd {
namespace {

/// One of -limit .. limit, the ends often.
std::int8_t query_value(base::Random& random, int limit) {
  const auto kind = random.below(4);
  if (kind < 2) return static_cast<std::int8_t>(kind == 0 ? limit : -limit);
  return static_cast<std::int8_t>(static_cast<int>(random.below(2 * limit + 1)) - limit);
}

std::uint8_t row_value(base::Random& random) {
  return static_cast<std::uint8_t>(random.below(3) == 0 ? 255 : random.below(256));
}

void expect_exact(std::size_t count, std::size_t dimensions, std::size_t panels) {
  SCOPED_TRACE(::testing::Message()
               << count << " queries, " << dimensions << " values, " << panels << " panels");
  const PanelDots dots = panel_dots();
  base::Random random(count + 100 * dimensions + 10'000 * panels);
  const std::size_t groups = panel_groups(dimensions);
  const std::size_t rows = panels * kPanelRows;
  std::vector<std::int8_t> queries(count * groups * kPanelGroup);
  std::vector<std::uint8_t> packed(panels * panel_bytes(dimensions));
  std::vector<std::vector<std::uint8_t>> plain(rows, std::vector<std::uint8_t>(dimensions));
  for (std::size_t query = 0; query < count; ++query)
    for (std::size_t i = 0; i < dimensions; ++i)
      queries[query * groups * kPanelGroup + i] = query_value(random, dots.limit);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < dimensions; ++i) {
      plain[row][i] = row_value(random);
      packed[row / kPanelRows * panel_bytes(dimensions) + panel_place(row % kPanelRows, i)] =
          plain[row][i];
    }
  std::vector<std::int32_t> results(count * rows + 1, -7);
  dots.run(queries.data(), count, groups, packed.data(), panels, results.data());
  for (std::size_t query = 0; query < count; ++query)
    for (std::size_t row = 0; row < rows; ++row) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < dimensions; ++i)
        sum += queries[query * groups * kPanelGroup + i] * plain[row][i];
      ASSERT_EQ(results[query * rows + row], sum) << "query " << query << ", row " << row;
    }
  ASSERT_EQ(results.back(), -7) << "wrote past the end";
}

TEST(PanelDot, IsExactOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    for (const std::size_t count : {1, 2, 3, 5, 6, 7, 11, 12, 13})
      for (const std::size_t panels : {1, 2, 3, 4, 5, 8, 9})
        for (const std::size_t dimensions : {1, 3, 4, 5, 15, 16, 17, 100})
          expect_exact(count, dimensions, panels);
    expect_exact(1, 384, 5);
    expect_exact(7, 384, 5);
  });
}

/// The largest products that there can be, as many as fit into 32 bits.
TEST(PanelDot, HoldsTheLargestSums) {
  testing::on_every_instruction_set([] {
    const PanelDots dots = panel_dots();
    constexpr std::size_t kGroups = std::size_t{1} << 14;
    for (const int sign : {1, -1})
      for (const std::size_t count : {1, 2}) {
        const std::vector<std::int8_t> queries(count * kGroups * kPanelGroup,
                                               static_cast<std::int8_t>(sign * dots.limit));
        const std::vector<std::uint8_t> rows(kGroups * kPanelGroup * kPanelRows, 255);
        std::vector<std::int32_t> results(count * kPanelRows);
        dots.run(queries.data(), count, kGroups, rows.data(), 1, results.data());
        for (const std::int32_t result : results)
          EXPECT_EQ(result, sign * dots.limit * 255 * static_cast<int>(kGroups * kPanelGroup));
      }
  });
}

}  // namespace
}  // namespace kindred::simd
