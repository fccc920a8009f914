#include "text/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace kindred::text {
namespace {

using ::testing::HasSubstr;

TEST(Vocabulary, GoesBothWays) {
  Vocabulary vocabulary;
  EXPECT_EQ(vocabulary.id("a"), std::nullopt);
  EXPECT_EQ(vocabulary.token(0), "");
  ASSERT_TRUE(vocabulary.add("a", 7, "here"));
  ASSERT_TRUE(vocabulary.add("", 2, "here"));
  ASSERT_TRUE(vocabulary.add(std::string_view("\0", 1), 3, "here"));
  EXPECT_EQ(vocabulary.id("a"), 7U);
  EXPECT_EQ(vocabulary.id(""), 2U);
  EXPECT_EQ(vocabulary.id(std::string_view("\0", 1)), 3U);
  EXPECT_EQ(vocabulary.token(7), "a");
  EXPECT_EQ(vocabulary.token(5), "");
  EXPECT_EQ(vocabulary.token(8), "");
  EXPECT_EQ(vocabulary.size(), 3U);
  EXPECT_EQ(vocabulary.ids(), 8U);
}

TEST(Vocabulary, FindsEachOfMany) {
  Vocabulary vocabulary;
  for (std::uint32_t i = 0; i < 10'000; ++i)
    ASSERT_TRUE(vocabulary.add(std::to_string(i * 7), 9'999 - i, "here"));
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    EXPECT_EQ(vocabulary.id(std::to_string(i * 7)), 9'999 - i);
    EXPECT_EQ(vocabulary.token(9'999 - i), std::to_string(i * 7));
    EXPECT_EQ(vocabulary.id(std::to_string(i * 7 + 1)), std::nullopt);
  }
}

TEST(Vocabulary, RefusesContradictions) {
  Vocabulary vocabulary;
  ASSERT_TRUE(vocabulary.add("a", 0, "here"));
  EXPECT_TRUE(vocabulary.add("a", 0, "here"));
  EXPECT_THAT(vocabulary.add("a", 1, "here").error().message,
              HasSubstr("here: token \"a\" has the ids 0 and 1"));
  EXPECT_THAT(vocabulary.add("b", 0, "here").error().message,
              HasSubstr("tokens \"a\" and \"b\" have the same id 0"));
  EXPECT_THAT(vocabulary.add("b", 1U << 24, "here").error().message,
              HasSubstr("has id 16777216, the largest is 16777215"));
  EXPECT_EQ(vocabulary.size(), 1U);
  EXPECT_EQ(vocabulary.id("b"), std::nullopt);
}

TEST(Vocabulary, AppendedTokensMayStandTwice) {
  Vocabulary vocabulary;
  for (const char* token : {"a", "b", "a"}) ASSERT_TRUE(vocabulary.append(token, "here"));
  EXPECT_EQ(vocabulary.id("a"), 2U);
  EXPECT_EQ(vocabulary.token(0), "a");
  EXPECT_EQ(vocabulary.token(2), "a");
  EXPECT_EQ(vocabulary.size(), 3U);
}

}  // namespace
}  // namespace kindred::text
