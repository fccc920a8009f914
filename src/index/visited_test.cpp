#include "index/visited.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/random.h"

namespace kindred::index {
namespace {

TEST(Visited, TellsWhatIsNew) {
  base::Random random(1);
  Visited visited;
  // Smaller, larger, again: nothing of a walk is left for the next.
  for (const std::size_t nodes : {1, 64, 65, 1000, 100}) {
    visited.start(nodes);
    EXPECT_EQ(visited.count(), 0);
    std::set<Node> model;
    for (int step = 0; step < 50; ++step) {
      std::vector<Node> expected;
      const std::size_t before = visited.count();
      visited.reserve(20);
      for (int i = 0; i < 20; ++i) {
        const auto node = static_cast<Node>(random.below(nodes));
        visited.add(node);
        if (model.insert(node).second) expected.push_back(node);
      }
      ASSERT_TRUE(std::ranges::equal(visited.since(before), expected));
      ASSERT_EQ(visited.count(), model.size());
    }
    ASSERT_TRUE(std::ranges::equal(std::set<Node>(visited.since(0).begin(), visited.since(0).end()),
                                   model));
  }
}

}  // namespace
}  // namespace kindred::index
