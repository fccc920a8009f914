#include "text/training/suffix_array.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "base/random.h"

namespace kindred::text {
namespace {

std::vector<std::int32_t> by_sorting(const std::vector<std::uint32_t>& symbols) {
  std::vector<std::int32_t> suffixes(symbols.size());
  std::iota(suffixes.begin(), suffixes.end(), 0);
  std::ranges::sort(suffixes, [&](std::int32_t a, std::int32_t b) {
    return std::lexicographical_compare(symbols.begin() + a, symbols.end(), symbols.begin() + b,
                                        symbols.end());
  });
  return suffixes;
}

std::vector<std::vector<std::uint32_t>> texts() {
  std::vector<std::vector<std::uint32_t>> texts = {{},     {0},    {0, 0},
                                                   {1, 0}, {0, 1}, {2, 2, 2, 2, 2}};
  base::Random random(1);
  for (const std::uint32_t alphabet : {1U, 2U, 3U, 50U, 1000U})
    for (const std::size_t size : {3U, 10U, 100U, 700U}) {
      auto& text = texts.emplace_back(size);
      for (std::uint32_t& symbol : text)
        symbol = static_cast<std::uint32_t>(random.below(alphabet));
      // Long repetitions too.
      auto repeated = text;
      repeated.insert(repeated.end(), text.begin(), text.end());
      texts.push_back(repeated);
    }
  return texts;
}

TEST(SuffixArray, IsTheOrderOfTheSuffixes) {
  for (const auto& text : texts()) {
    const auto suffixes = suffix_array(text, 1000);
    EXPECT_EQ(suffixes, by_sorting(text));
    const auto common = common_prefixes(text, suffixes);
    for (std::size_t i = 1; i < suffixes.size(); ++i) {
      const auto [a, b] = std::mismatch(text.begin() + suffixes[i - 1], text.end(),
                                        text.begin() + suffixes[i], text.end());
      EXPECT_EQ(common[i], b - (text.begin() + suffixes[i]));
    }
  }
}

TEST(SuffixArray, KnowsWhatOccursMoreThanOnce) {
  for (const auto& text : texts()) {
    if (text.size() > 40) continue;
    // Every substring with its count; kept are those that no longer one with the count begins with.
    std::map<std::vector<std::uint32_t>, std::size_t> counts;
    for (std::size_t begin = 0; begin < text.size(); ++begin)
      for (std::size_t end = begin + 1; end <= text.size(); ++end)
        ++counts[{text.begin() + static_cast<std::ptrdiff_t>(begin),
                  text.begin() + static_cast<std::ptrdiff_t>(end)}];
    std::map<std::vector<std::uint32_t>, std::size_t> expected;
    for (const auto& [substring, count] : counts) {
      if (count < 2) continue;
      const bool longer = std::ranges::any_of(counts, [&](const auto& other) {
        return other.first.size() == substring.size() + 1 && other.second == count &&
               std::equal(substring.begin(), substring.end(), other.first.begin());
      });
      if (!longer) expected[substring] = count;
    }
    std::map<std::vector<std::uint32_t>, std::size_t> found;
    const auto suffixes = suffix_array(text, 1000);
    repeated_substrings(suffixes, common_prefixes(text, suffixes),
                        [&](std::size_t begin, std::size_t size, std::size_t count) {
                          const auto first = text.begin() + static_cast<std::ptrdiff_t>(begin);
                          const auto [entry, is_new] = found.try_emplace(
                              {first, first + static_cast<std::ptrdiff_t>(size)}, count);
                          EXPECT_TRUE(is_new);
                        });
    EXPECT_EQ(found, expected);
  }
}

}  // namespace
}  // namespace kindred::text
