#include "text/models/word_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace kindred::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WordCache, PutsTokensWhereTheWordStands) {
  WordCache cache(2);
  std::vector<Token> tokens = {{7, 10, 12}, {8, 12, 13}};
  cache.keep("abc", 10, tokens);
  tokens.clear();
  ASSERT_TRUE(cache.find("abc", 100, tokens));
  EXPECT_THAT(tokens, ElementsAre(Token{7, 100, 102}, Token{8, 102, 103}));
  EXPECT_FALSE(cache.find("ab", 0, tokens));
  EXPECT_FALSE(cache.find(std::string_view("abc\0", 4), 0, tokens));
  EXPECT_FALSE(cache.find("", 0, tokens));
  EXPECT_EQ(tokens.size(), 2U);
}

TEST(WordCache, LeavesOutWhatHasNoRoom) {
  WordCache cache(2);
  const std::string longest(WordCache::kLongestWord, 'x');
  const std::vector<Token> one = {{1, 0, 23}};
  cache.keep(longest, 0, one);
  cache.keep(longest + "x", 0, one);
  std::vector<Token> tokens;
  EXPECT_TRUE(cache.find(longest, 0, tokens));
  EXPECT_FALSE(cache.find(longest + "x", 0, tokens));
  std::vector<Token> many;
  for (std::uint32_t i = 0; i <= WordCache::kMostTokens; ++i) many.push_back({i, i, i + 1});
  cache.keep("many", 0, many);
  EXPECT_FALSE(cache.find("many", 0, tokens));
  // Tokens that don't follow one another: those of the bytes of one unknown character.
  cache.keep("byte", 0, std::vector<Token>{{1, 0, 4}, {2, 0, 4}});
  EXPECT_FALSE(cache.find("byte", 0, tokens));
}

TEST(WordCache, NeverMistakesAWordForAnother) {
  WordCache cache(16);
  std::mt19937 random(1);
  std::map<std::string, std::uint32_t> ids;
  std::size_t found = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string word(random() % 24, ' ');
    for (char& byte : word) byte = static_cast<char>(random() % 2);
    const auto id = ids.try_emplace(word, static_cast<std::uint32_t>(ids.size())).first->second;
    std::vector<Token> tokens;
    if (cache.find(word, 0, tokens)) {
      ++found;
      if (word.empty()) {
        EXPECT_THAT(tokens, IsEmpty());
      } else {
        EXPECT_THAT(tokens, ElementsAre(Token{id, 0, static_cast<std::uint32_t>(word.size())}));
      }
    } else {
      if (!word.empty()) tokens = {{id, 0, static_cast<std::uint32_t>(word.size())}};
      cache.keep(word, 0, tokens);
    }
  }
  EXPECT_GT(found, 500U);
}

}  // namespace
}  // namespace kindred::text
