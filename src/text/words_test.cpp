#include "text/words.h"

#include <gtest/gtest.h>

#include <string>

namespace kindred::text {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const WordPlace& word : split_words(text))
    words.emplace_back(text.substr(word.begin, word.end - word.begin));
  return words;
}

TEST(SplitWordsTest, LettersDigitsAndMarksRun) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(words_of(""), Words());
  EXPECT_EQ(words_of("  \n\t"), Words());
  EXPECT_EQ(words_of("The river-bank, 3.5 m!"),
            (Words{"The", "river", "-", "bank", ",", "3", ".", "5", "m", "!"}));
  EXPECT_EQ(words_of("don't 'quote' l\u2019eau dogs'"),
            (Words{"don't", "'", "quote", "'", "l\u2019eau", "dogs", "'"}));
  EXPECT_EQ(words_of("caf\u00e9 cafe\u0301 \u0441\u043b\u043e\u0432\u043e"),
            (Words{"caf\u00e9", "cafe\u0301", "\u0441\u043b\u043e\u0432\u043e"}));
  EXPECT_EQ(words_of("\u4e2d\u6587ab"), (Words{"\u4e2d", "\u6587", "ab"}));
  EXPECT_EQ(words_of("a\xff\xfe"), (Words{"a", "\xff", "\xfe"}));
}

}  // namespace
}  // namespace kindred::text
