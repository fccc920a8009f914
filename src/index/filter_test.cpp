#include "index/filter.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <vector>

#include "base/random.h"

namespace kindred::index {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

TEST(IdSet, HoldsWhatItWasGivenAndNothingElse) {
  base::Random random(1);
  std::vector<std::vector<std::uint64_t>> lists = {{},
                                                   {0},
                                                   {kLargest},
                                                   {0, kLargest},
                                                   {5, 5, 5},
                                                   {63, 64, 127, 128},
                                                   {7, kLargest - 1, kLargest}};
  for (const std::uint64_t range : {std::uint64_t{100}, std::uint64_t{1} << 20, kLargest}) {
    lists.emplace_back();
    for (int i = 0; i < 500; ++i) lists.back().push_back(random.below(range));
  }
  for (const auto& list : lists) {
    const IdSet set(list);
    const std::set<std::uint64_t> expected(list.begin(), list.end());
    EXPECT_EQ(std::vector(set.ids().begin(), set.ids().end()),
              std::vector(expected.begin(), expected.end()));
    for (const std::uint64_t id : list)
      for (const std::uint64_t near : {id - 1, id, id + 1, id + 64})
        EXPECT_EQ(set.contains(near), expected.contains(near)) << near;
    for (int i = 0; i < 1000; ++i) {
      const std::uint64_t id = random.next();
      EXPECT_EQ(set.contains(id), expected.contains(id)) << id;
    }
  }
}

TEST(Filter, AllowsExcludesAsks) {
  const std::vector<std::uint64_t> ids = {3, 9};
  EXPECT_TRUE(Filter::allow(ids).passes(3));
  EXPECT_FALSE(Filter::allow(ids).passes(4));
  EXPECT_FALSE(Filter::exclude(ids).passes(3));
  EXPECT_TRUE(Filter::exclude(ids).passes(4));
  const auto odd = Filter::where([](std::uint64_t id) { return id % 2 == 1; });
  EXPECT_TRUE(odd.passes(3));
  EXPECT_FALSE(odd.passes(4));
  EXPECT_TRUE(Filter::allow(ids).is_list());
  EXPECT_FALSE(Filter::exclude(ids).is_list());
}

}  // namespace
}  // namespace kindred::index
