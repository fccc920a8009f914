#include "simd/screen.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "support/instruction_sets.h"

namespace kindred::simd {
namespace {

struct Rows {
  std::vector<std::int32_t> products;
  std::vector<float> step, low, error, length;
  ScreenedRows view() const { return {step.data(), low.data(), error.data(), length.data()}; }
};

Rows make_rows(std::size_t count, base::Random& random) {
  Rows rows;
  const std::size_t room = (count + 15) / 16 * 16;
  for (std::size_t i = 0; i < room; ++i) {
    rows.products.push_back(static_cast<std::int32_t>(random.below(20'000)) - 10'000);
    rows.step.push_back(0.01F * static_cast<float>(1 + random.below(9)));
    rows.low.push_back(random.normal());
    rows.error.push_back(std::abs(random.normal()));
    rows.length.push_back(std::abs(random.normal()));
  }
  return rows;
}

TEST(Screen, PassesWhatCanReachTheBarOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(5);
    for (const ScreenedQuery& query : {ScreenedQuery{.scale = 0.1F,
                                                     .sum = 12,
                                                     .squares = 0,
                                                     .error = 0.5F,
                                                     .length = 0.25F,
                                                     .square = 0,
                                                     .constant = 0.01F},
                                       ScreenedQuery{.scale = 0.2F,
                                                     .sum = -3,
                                                     .squares = 1,
                                                     .error = 0.7F,
                                                     .length = 0.1F,
                                                     .square = 0.05F,
                                                     .constant = 0.5F}})
      for (std::size_t count = 0; count <= 65; ++count) {
        const Rows rows = make_rows(count, random);
        const float bar = random.normal() * 20;
        std::vector<Passed> passed(count + 1, Passed{.place = 7, .lowest = 7, .highest = 7});
        const std::size_t found =
            screen()(rows.products.data(), rows.view(), query, count, bar, passed.data());
        EXPECT_EQ(passed[count].place, 7) << "wrote past the end";
        std::size_t next = 0;
        for (std::size_t i = 0; i < count; ++i) {
          const double length = rows.length[i];
          const double estimate = query.scale * (double{rows.step[i]} * rows.products[i] +
                                                 double{rows.low[i]} * query.sum) -
                                  query.squares * length * length;
          const double width = double{query.error} * rows.error[i] + query.length * length +
                               query.square * length * length + query.constant;
          const bool here = next < found && passed[next].place == i;
          if (std::abs(estimate + width - bar) > 1e-4) {
            ASSERT_EQ(here, estimate + width > bar);
          }
          if (!here) continue;
          EXPECT_NEAR(passed[next].lowest, estimate - width, 1e-4);
          EXPECT_NEAR(passed[next].highest, estimate + width, 1e-4);
          ++next;
        }
        EXPECT_EQ(next, found);
      }
  });
}

TEST(Screen, PassesWhatIsNotKnown) {
  testing::on_every_instruction_set([] {
    base::Random random(6);
    Rows rows = make_rows(40, random);
    rows.error[17] = std::numeric_limits<float>::quiet_NaN();
    std::vector<Passed> passed(40);
    const ScreenedQuery query = {
        .scale = 1, .sum = 0, .squares = 0, .error = 1, .length = 0, .square = 0, .constant = 0};
    ASSERT_EQ(screen()(rows.products.data(), rows.view(), query, 40, 1e9F, passed.data()), 1);
    EXPECT_EQ(passed[0].place, 17);
  });
}

}  // namespace
}  // namespace kindred::simd
