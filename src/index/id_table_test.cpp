#include "index/id_table.h"

#include <gtest/gtest.h>

#include <unordered_map>
#include <vector>

#include "base/random.h"

namespace kindred::index {
namespace {

TEST(IdTable, DoesWhatAMapDoes) {
  std::vector<std::uint64_t> ids;
  const auto id_of = [&](std::uint32_t place) { return ids[place]; };
  IdTable table(id_of);
  std::unordered_map<std::uint64_t, std::uint32_t> expected;
  base::Random random(2);
  EXPECT_EQ(table.find(1), table.kNowhere);
  EXPECT_FALSE(table.remove(1));
  for (int step = 0; step < 20000; ++step) {
    // Few distinct ids, many of them neighbours in the table.
    const std::uint64_t id = random.below(300) << (random.below(2) * 40);
    if (random.below(2) == 0) {
      ids.push_back(id);
      const auto place = static_cast<std::uint32_t>(ids.size() - 1);
      table.put(id, place);
      expected[id] = place;
    } else {
      EXPECT_EQ(table.remove(id), expected.erase(id) == 1);
    }
    ASSERT_EQ(table.size(), expected.size());
    const std::uint64_t asked = random.below(300) << (random.below(2) * 40);
    const auto found = expected.find(asked);
    ASSERT_EQ(table.find(asked), found == expected.end() ? table.kNowhere : found->second);
  }
}

}  // namespace
}  // namespace kindred::index
