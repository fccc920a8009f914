#include "text/patterns/regular_expression.h"

#include <gtest/gtest.h>

#include <string>

#include "text/text_error.h"

namespace kindred::text {
namespace {

std::vector<Match> found(std::string_view expression, std::string_view text) {
  const auto pattern = RegularExpression::compile(expression, "t.json");
  EXPECT_TRUE(pattern) << expression;
  std::vector<Match> matches;
  if (pattern) (*pattern)->find(text, matches);
  return matches;
}

TEST(RegularExpression, FindsEmptyMatchesOnce) {
  using Matches = std::vector<Match>;
  EXPECT_EQ(found("x*", "axxb"), (Matches{{0, 0}, {1, 3}, {4, 4}}));
  EXPECT_EQ(found("", "é"), (Matches{{0, 0}, {2, 2}}));
  EXPECT_EQ(found("", ""), Matches{});
  EXPECT_EQ(found("^", "a\nb"), (Matches{{0, 0}, {2, 2}}));
}

TEST(RegularExpression, GoesThroughALongText) {
  constexpr std::size_t kSize = 1 << 20;
  const std::string spaces(kSize, ' ');
  EXPECT_EQ(found(R"(\s+(?!\S)|\s+|\w)", spaces + "a").size(), 3U);
  EXPECT_EQ(found("(?:a|b)+", std::string(kSize, 'a')).size(), 1U);
  EXPECT_EQ(found("a", std::string(kSize, 'a')).size(), kSize);
}

TEST(RegularExpression, GivesUpOnWhatTakesTooLong) {
  const std::string letters(1 << 18, 'a');
  for (const char* slow :
       {"a*[bc]", "(?:a*)*[bc]", "(?:a|a)*[bc]", "(a+)+[bc]", "a*a*a*[bc]", "(?=.*[bc])a"})
    EXPECT_THROW(found(slow, letters), TextError) << slow;
  // The same of a text of usual length is no trouble.
  EXPECT_TRUE(found("a*[bc]", std::string(5'000, 'a')).empty());
}

}  // namespace
}  // namespace kindred::text
