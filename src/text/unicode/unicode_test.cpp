#include "text/unicode/unicode.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kindred::text {
namespace {

std::vector<char32_t> codes(std::string_view text) {
  std::vector<char32_t> found;
  for (std::size_t i = 0; i < text.size();) {
    const Decoded decoded = decode(text, i);
    found.push_back(decoded.code);
    i += decoded.size;
  }
  return found;
}

TEST(Unicode, EveryCodePointSurvives) {
  for (char32_t code = 0; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    char bytes[4];
    const std::size_t size = encode(code, bytes);
    const Decoded decoded = decode(std::string_view(bytes, size), 0);
    ASSERT_EQ(decoded.code, code);
    ASSERT_EQ(decoded.size, size);
  }
}

TEST(Unicode, ReplacesMaximalParts) {
  constexpr char32_t r = kReplacement;
  using Codes = std::vector<char32_t>;
  // Unicode 15, table 3-8, and the edges of each lead byte; what Python's errors="replace" gives.
  EXPECT_EQ(codes("a\xF1\x80\x80\xE1\x80\xC2"
                  "b\x80"
                  "c\x80\xBF"
                  "d"),
            (Codes{'a', r, r, r, 'b', r, 'c', r, r, 'd'}));
  EXPECT_EQ(codes("\xC0\xAF"), (Codes{r, r}));
  EXPECT_EQ(codes("\xE0\x9F\x80"), (Codes{r, r, r}));
  EXPECT_EQ(codes("\xED\xA0\x80"), (Codes{r, r, r}));
  EXPECT_EQ(codes("\xF0\x8F\xBF\xBF"), (Codes{r, r, r, r}));
  EXPECT_EQ(codes("\xF4\x90\x80\x80"), (Codes{r, r, r, r}));
  EXPECT_EQ(codes("\xF5\xFF"), (Codes{r, r}));
  EXPECT_EQ(codes("\xE4\xB8"), (Codes{r}));
  EXPECT_EQ(codes("\xF0\x9F\x98"), (Codes{r}));
}

TEST(Unicode, KnowsProperties) {
  EXPECT_EQ(flags_of('a'), kWord | kLetter);
  EXPECT_EQ(flags_of('7'), kWord | kNumber | kDigit);
  EXPECT_NE(flags_of(0x2003) & kWhiteSpace, 0);
  EXPECT_NE(flags_of(',') & kPunctuation, 0);
  EXPECT_NE(flags_of(0x3000) & kSpace, 0);
  EXPECT_NE(flags_of(0x4E2D) & kChinese, 0);
  EXPECT_NE(flags_of(0x0301) & kMark, 0);
  EXPECT_NE(flags_of(0) & kDropped, 0);
  EXPECT_EQ(flags_of(0x110000), 0);
}

TEST(Unicode, Maps) {
  EXPECT_EQ(lowered('A').codes[0], U'a');
  EXPECT_EQ(lowered(0x130).size, 2U);  // i and a dot above
  EXPECT_EQ(stripped(0xE9).codes[0], U'e');
  EXPECT_EQ(stripped(0xE9).size, 1U);
  EXPECT_EQ(stripped(0xD55C).codes, (std::array<char32_t, 3>{0x1112, 0x1161, 0x11AB}));
  EXPECT_EQ(stripped(0xAC00).size, 2U);
  EXPECT_EQ(combining_class(0x302F), 224);
  EXPECT_EQ(combining_class(0x0323), 220);
}

}  // namespace
}  // namespace kindred::text
