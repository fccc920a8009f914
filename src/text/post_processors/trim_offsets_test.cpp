#include "text/post_processors/trim_offsets.h"

#include <gtest/gtest.h>

#include <string_view>

namespace kindred::text {
namespace {

/// What is left of a text of which `trailing` blanks are trimmed at the end.
std::string_view trimmed(std::string_view text, std::uint32_t trailing) {
  TokenOffset offset{0, static_cast<std::uint32_t>(text.size())};
  trim_offset(text, {.leading = 0, .trailing = trailing}, {}, false, offset);
  return text.substr(offset.begin, offset.end - offset.begin);
}

TEST(TrimOffsetsTest, GoesBackByCodePoints) {
  EXPECT_EQ(trimmed("ab ", 1), "ab");
  EXPECT_EQ(trimmed("a\u3000\u00a0", 1), "a\u3000");
  EXPECT_EQ(trimmed("a\u3000\u00a0", 2), "a");
  EXPECT_EQ(trimmed("\U0001f600", 1), "");
  EXPECT_EQ(trimmed("ab", 5), "");
}

TEST(TrimOffsetsTest, GoesBackByWhatIsReplacedTogetherWhereATextIsNotUtf8) {
  EXPECT_EQ(trimmed("a\x80\x80", 1), "a\x80");  // two bytes that stand alone
  EXPECT_EQ(trimmed("a\xf0\x9f\x98", 1), "a");  // one sequence that was cut
  EXPECT_EQ(trimmed("a\xf0\x9f\x98\x80\x80", 1), "a\U0001f600");
  EXPECT_EQ(trimmed("a\xed\xa0\x80", 1), "a\xed\xa0");  // a surrogate is three mistakes
  EXPECT_EQ(trimmed("\xff", 1), "");
}

}  // namespace
}  // namespace kindred::text
