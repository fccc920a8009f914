#include "embed/batching.h"

#include <gtest/gtest.h>

namespace kindred::embed {
namespace {

using Batches = std::vector<std::vector<std::size_t>>;

TEST(BatchingTest, PacksLongestFirstWithinTheBudget) {
  const std::vector<std::size_t> lengths = {3, 9, 4, 3, 5};
  EXPECT_EQ(pack_batches(lengths, 9), (Batches{{1}, {4, 2}, {0, 3}}));
}

TEST(BatchingTest, ATextOverTheBudgetGoesAlone) {
  const std::vector<std::size_t> lengths = {1, 100, 1};
  EXPECT_EQ(pack_batches(lengths, 10), (Batches{{1}, {0, 2}}));
}

TEST(BatchingTest, TextsWithoutTokensAreInNoBatch) {
  EXPECT_EQ(pack_batches(std::vector<std::size_t>{0, 2, 0}, 10), (Batches{{1}}));
  EXPECT_TRUE(pack_batches(std::vector<std::size_t>{0, 0}, 10).empty());
  EXPECT_TRUE(pack_batches({}, 10).empty());
}

}  // namespace
}  // namespace kindred::embed
