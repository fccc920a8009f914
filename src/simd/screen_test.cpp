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
  std::vector<PanelFacts> panels;
};

Rows make_rows(std::size_t count, base::Random& random) {
  Rows rows;
  rows.panels.resize((count + kPanelRows - 1) / kPanelRows);
  for (PanelFacts& panel : rows.panels)
    for (std::size_t i = 0; i < kPanelRows; ++i) {
      rows.products.push_back(static_cast<std::int32_t>(random.below(20'000)) - 10'000);
      panel.step[i] = 0.01F * static_cast<float>(1 + random.below(9));
      panel.low[i] = random.normal();
      panel.error[i] = std::abs(random.normal());
      panel.length[i] = std::abs(random.normal());
    }
  return rows;
}

TEST(Screen, PassesWhatCanReachTheBarOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(5);
    for (const ScreenedQuery& query : {ScreenedQuery{.distance = false,
                                                     .scale = 0.1F,
                                                     .sum = 12,
                                                     .error = 0.5F,
                                                     .length = 0.25F,
                                                     .square = 0,
                                                     .constant = 0.01F},
                                       ScreenedQuery{.distance = true,
                                                     .scale = 0.2F,
                                                     .sum = -3,
                                                     .error = 0.7F,
                                                     .length = 0.1F,
                                                     .square = 0.05F,
                                                     .constant = 0.5F}})
      for (std::size_t count = 0; count <= 65; ++count) {
        const Rows rows = make_rows(count, random);
        const float bar = random.normal() * 20;
        std::vector<Passed> passed(count + 1, Passed{.place = 7, .lowest = 7, .highest = 7});
        const std::size_t found =
            screen()(rows.products.data(), rows.panels.data(), query, count, bar, passed.data());
        EXPECT_EQ(passed[count].place, 7) << "wrote past the end";
        std::size_t next = 0;
        for (std::size_t i = 0; i < count; ++i) {
          const PanelFacts& panel = rows.panels[i / kPanelRows];
          const std::size_t row = i % kPanelRows;
          const double length = panel.length[row];
          const double estimate = query.scale * (double{panel.step[row]} * rows.products[i] +
                                                 double{panel.low[row]} * query.sum) -
                                  (query.distance ? length * length : 0);
          const double width = double{query.error} * panel.error[row] + query.length * length +
                               (query.distance ? query.square * length * length : 0) +
                               query.constant;
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
    rows.panels[1].error[1] = std::numeric_limits<float>::quiet_NaN();
    std::vector<Passed> passed(40);
    const ScreenedQuery query = {
        .scale = 1, .sum = 0, .error = 1, .length = 0, .square = 0, .constant = 0};
    ASSERT_EQ(screen()(rows.products.data(), rows.panels.data(), query, 40, 1e9F, passed.data()),
              1);
    EXPECT_EQ(passed[0].place, 17);
  });
}

}  // namespace
}  // namespace kindred::simd
