#include "text/truncation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kindred::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using enum Truncation::Strategy;

TEST(Truncation, CutsTheLongerFirst) {
  const auto cut = [](std::size_t first, std::size_t second, std::size_t limit) {
    return truncate(first, second, limit, longest_first).value();
  };
  EXPECT_EQ(cut(3, 4, 7), (Kept{3, 4}));  // enough room
  EXPECT_EQ(cut(2, 9, 7), (Kept{2, 5}));  // the longer alone is cut
  EXPECT_EQ(cut(9, 2, 7), (Kept{5, 2}));
  EXPECT_EQ(cut(9, 8, 6), (Kept{3, 3}));  // both are cut
  EXPECT_EQ(cut(5, 5, 7), (Kept{3, 4}));  // the odd token goes to the second,
  EXPECT_EQ(cut(8, 9, 7), (Kept{3, 4}));
  EXPECT_EQ(cut(9, 8, 7), (Kept{4, 3}));  // or to the first where it is the longer
  EXPECT_EQ(cut(0, 9, 4), (Kept{0, 4}));
  EXPECT_EQ(cut(9, 0, 4), (Kept{4, 0}));
  EXPECT_EQ(cut(9, 9, 0), (Kept{0, 0}));
  EXPECT_EQ(cut(4, 4, 1), (Kept{0, 1}));
  EXPECT_EQ(*truncate(9, std::nullopt, 4, longest_first), (Kept{4, 0}));
}

TEST(Truncation, CutsOneTextAlone) {
  EXPECT_EQ(*truncate(9, 3, 5, only_first), (Kept{2, 3}));
  EXPECT_EQ(*truncate(3, 9, 5, only_second), (Kept{3, 2}));
  EXPECT_EQ(*truncate(9, std::nullopt, 5, only_first), (Kept{5, 0}));
  EXPECT_EQ(*truncate(3, std::nullopt, 5, only_second), (Kept{3, 0}));
  EXPECT_EQ(*truncate(3, 9, 0, only_first), (Kept{0, 0}));
  EXPECT_EQ(truncate(4, 5, 5, only_first).error().message,
            "it has more than 5 tokens; 4 would have to be cut from the first text, which has 4, "
            "and one must stay");
  EXPECT_THAT(truncate(9, 2, 5, only_second).error().message, HasSubstr("from the second text"));
  EXPECT_THAT(truncate(9, std::nullopt, 5, only_second).error().message,
              HasSubstr("only a second text may be cut, and there is none"));
}

TEST(Truncation, SlidesThroughTheText) {
  std::vector<Window> windows;
  const auto from = [&](Side side, std::size_t stride, std::size_t tokens, std::size_t kept) {
    EXPECT_TRUE(slide(tokens, kept, {.side = side, .stride = stride}, windows));
    return windows;
  };
  EXPECT_THAT(from(Side::right, 0, 7, 3), ElementsAre(Window{0, 3}, Window{3, 6}, Window{6, 7}));
  EXPECT_THAT(from(Side::right, 1, 7, 3), ElementsAre(Window{0, 3}, Window{2, 5}, Window{4, 7}));
  EXPECT_THAT(from(Side::left, 0, 7, 3), ElementsAre(Window{4, 7}, Window{1, 4}, Window{0, 1}));
  EXPECT_THAT(from(Side::left, 2, 5, 3), ElementsAre(Window{2, 5}, Window{1, 4}, Window{0, 3}));
  EXPECT_THAT(from(Side::left, 9, 5, 5), ElementsAre(Window{0, 5}));
  EXPECT_THAT(from(Side::right, 0, 0, 0), ElementsAre(Window{0, 0}));
  // A window must get ahead.
  EXPECT_EQ(slide(9, 3, {.stride = 3}, windows).error().message,
            "3 of 9 tokens fit into a sequence, a stride of 3 needs more");
  EXPECT_FALSE(slide(9, 0, {}, windows));
}

}  // namespace
}  // namespace kindred::text
