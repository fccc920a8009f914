#include "index/passing_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace kindred::index {
namespace {

std::shared_ptr<const Passing> set_of(std::vector<Node> nodes) {
  return std::make_shared<const Passing>(std::move(nodes), 200);
}

TEST(Passing, ContainsItsNodes) {
  const Passing passing({0, 63, 64, 199}, 200);
  for (Node node = 0; node < 400; ++node)
    EXPECT_EQ(passing.contains(node), node == 0 || node == 63 || node == 64 || node == 199) << node;
  EXPECT_EQ(passing.nodes().size(), 4);
  EXPECT_FALSE(Passing({}, 0).contains(0));
}

TEST(PassingCache, KeepsASetWhileTheIndexIsAsItWas) {
  PassingCache cache;
  EXPECT_FALSE(cache.find(1, 5).seen);
  EXPECT_TRUE(cache.find(1, 5).seen);
  EXPECT_EQ(cache.find(1, 5).passing, nullptr);
  const auto passing = set_of({1, 2});
  cache.keep(1, 5, passing);
  EXPECT_EQ(cache.find(1, 5).passing, passing);
  EXPECT_EQ(cache.find(2, 5).passing, nullptr);
  // The index changed: the set is not true any more, and not there for another change back.
  EXPECT_EQ(cache.find(1, 6).passing, nullptr);
  EXPECT_EQ(cache.find(1, 5).passing, nullptr);
  EXPECT_TRUE(cache.find(1, 6).seen);
}

TEST(PassingCache, ForgetsTheFilterThatWasUsedLongestAgo) {
  PassingCache cache;
  for (std::uint64_t filter = 1; filter <= 8; ++filter) {
    cache.find(filter, 0);
    cache.keep(filter, 0, set_of({}));
  }
  cache.find(1, 0);
  EXPECT_FALSE(cache.find(9, 0).seen);
  EXPECT_NE(cache.find(1, 0).passing, nullptr);
  EXPECT_FALSE(cache.find(2, 0).seen);
  // What is kept for one that is forgotten is dropped.
  cache.keep(100, 0, set_of({}));
  EXPECT_FALSE(cache.find(100, 0).seen);
}

}  // namespace
}  // namespace kindred::index
