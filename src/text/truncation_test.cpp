#include "text/truncation.h"

#include <gtest/gtest.h>

namespace kindred::text {
namespace {

TEST(Truncation, CutsTheLongerFirst) {
  const auto cut = truncate_longest_first;
  using Both = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(cut(3, 4, 7), Both(3, 4));  // enough room
  EXPECT_EQ(cut(2, 9, 7), Both(2, 5));  // the longer alone is cut
  EXPECT_EQ(cut(9, 2, 7), Both(5, 2));
  EXPECT_EQ(cut(9, 8, 6), Both(3, 3));  // both are cut
  EXPECT_EQ(cut(5, 5, 7), Both(3, 4));  // the odd token goes to the second,
  EXPECT_EQ(cut(8, 9, 7), Both(3, 4));
  EXPECT_EQ(cut(9, 8, 7), Both(4, 3));  // or to the first where it is the longer
  EXPECT_EQ(cut(0, 9, 4), Both(0, 4));
  EXPECT_EQ(cut(9, 0, 4), Both(4, 0));
  EXPECT_EQ(cut(9, 9, 0), Both(0, 0));
  EXPECT_EQ(cut(4, 4, 1), Both(0, 1));
}

}  // namespace
}  // namespace kindred::text
