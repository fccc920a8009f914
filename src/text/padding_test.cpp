#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "kindred/tokenizer.h"

namespace kindred {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TokenBatch batch() {
  TokenBatch batch;
  batch.ids = {5, 6, 7, 8, 9};
  batch.type_ids = {0, 1, 1, 0, 0};
  batch.offsets = {{0, 1}, {1, 2}, {2, 3}, {0, 4}, {4, 9}};
  batch.starts = {0, 3, 3, 5};
  batch.truncated = {0, 0, 0};
  return batch;
}

TEST(Padding, FillsTheRowsAtOneSide) {
  const auto right = pad(batch(), {.id = 2, .type_id = 3});
  ASSERT_TRUE(right);
  EXPECT_EQ(right->rows, 3U);
  EXPECT_EQ(right->length, 3U);
  EXPECT_THAT(right->ids, ElementsAre(5, 6, 7, 2, 2, 2, 8, 9, 2));
  EXPECT_THAT(right->type_ids, ElementsAre(0, 1, 1, 3, 3, 3, 0, 0, 3));
  EXPECT_THAT(right->attention_mask, ElementsAre(1, 1, 1, 0, 0, 0, 1, 1, 0));
  EXPECT_EQ(right->offsets[2], (TokenOffset{2, 3}));
  EXPECT_EQ(right->offsets[8], (TokenOffset{0, 0}));
  const auto left = pad(batch(), {.side = Side::left, .id = 2});
  EXPECT_THAT(left->ids, ElementsAre(5, 6, 7, 2, 2, 2, 2, 8, 9));
  EXPECT_THAT(left->attention_mask, ElementsAre(1, 1, 1, 0, 0, 0, 0, 1, 1));
}

TEST(Padding, TakesALengthAndAMultiple) {
  EXPECT_EQ(pad(batch(), {.length = 4})->length, 4U);
  EXPECT_EQ(pad(batch(), {.multiple_of = 8})->length, 8U);
  EXPECT_EQ(pad(batch(), {.length = 6, .multiple_of = 4})->length, 8U);
  EXPECT_EQ(pad(batch(), {.length = 8, .multiple_of = 4})->length, 8U);
  EXPECT_EQ(pad({}, {.length = 4})->rows, 0U);
  EXPECT_EQ(pad(batch(), {.length = 2}).error().message,
            "sequence 0 has 3 tokens, the rows have 2");
}

TEST(Padding, RefusesWhatFitsNoMemory) {
  EXPECT_THAT(pad(batch(), {.length = SIZE_MAX}).error().message, HasSubstr("fit no memory"));
  EXPECT_THAT(pad(batch(), {.multiple_of = SIZE_MAX}).error().message, HasSubstr("fit no memory"));
  EXPECT_THAT(pad(batch(), {.length = std::size_t{1} << 39}).error().message,
              HasSubstr("3 rows of 549755813888 tokens fit no memory"));
}

}  // namespace
}  // namespace kindred
