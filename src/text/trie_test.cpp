#include "text/trie.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace kindred::text {
namespace {

TEST(Trie, FindsWhatIsInIt) {
  const Trie trie({{"a", 1}, {"abc", 2}, {"", 3}, {"\xff\xff", 4}, {std::string_view("\0", 1), 5}});
  EXPECT_EQ(trie.value(trie.root()), 3);
  EXPECT_EQ(trie.value(trie.walk(trie.root(), "a")), 1);
  EXPECT_EQ(trie.value(trie.walk(trie.root(), "ab")), Trie::kNoValue);
  EXPECT_EQ(trie.value(trie.walk(trie.root(), "abc")), 2);
  EXPECT_EQ(trie.walk(trie.root(), "abcd"), Trie::kNone);
  EXPECT_EQ(trie.value(trie.walk(trie.root(), "\xff\xff")), 4);
  EXPECT_EQ(trie.value(trie.walk(trie.root(), std::string_view("\0", 1))), 5);
}

TEST(Trie, HasNothingWhenEmpty) {
  using Strings = std::vector<std::pair<std::string_view, std::int32_t>>;
  for (const Trie& trie : {Trie(), Trie(Strings())}) {
    EXPECT_EQ(trie.value(trie.root()), Trie::kNoValue);
    for (int byte = 0; byte < 256; ++byte)
      EXPECT_EQ(trie.child(trie.root(), static_cast<unsigned char>(byte)), Trie::kNone);
  }
}

TEST(Trie, AgreesWithAMap) {
  std::mt19937 random(3);
  std::map<std::string, std::int32_t> strings;
  for (std::int32_t i = 0; i < 5000; ++i) {
    std::string string(random() % 6, ' ');
    for (char& byte : string)
      byte = static_cast<char>(i % 2 == 0 ? random() % 256 : 'a' + random() % 3);
    strings.emplace(string, i);
  }
  const Trie trie({strings.begin(), strings.end()});
  for (const auto& [string, value] : strings)
    EXPECT_EQ(trie.value(trie.walk(trie.root(), string)), value);
  for (int i = 0; i < 20000; ++i) {
    std::string string(random() % 6, ' ');
    for (char& byte : string) byte = static_cast<char>('a' + random() % 4);
    const Trie::State state = trie.walk(trie.root(), string);
    const bool found = state != Trie::kNone && trie.value(state) != Trie::kNoValue;
    EXPECT_EQ(found, strings.contains(string)) << string;
  }
}

}  // namespace
}  // namespace kindred::text
