#include "words/huffman.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"

namespace kindred::words {
namespace {

std::string code_of(const HuffmanCodes& codes, std::size_t id) {
  std::string code;
  for (const float label : codes.labels(id)) code += label == 1 ? '0' : '1';
  return code;
}

/// Bits of all occurrences, by the definition: the two lightest are joined again and again.
std::uint64_t least_bits(const std::vector<std::uint64_t>& counts) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> weights(
      counts.begin(), counts.end());
  std::uint64_t bits = 0;
  while (weights.size() > 1) {
    std::uint64_t sum = weights.top();
    weights.pop();
    sum += weights.top();
    weights.pop();
    bits += sum;
    weights.push(sum);
  }
  return bits;
}

TEST(HuffmanCodes, AreThoseOfWord2vec) {
  // By hand, as CreateBinaryTree of word2vec joins them: {2,1} -> 3, {3,3} -> 6, {4,5} -> 9,
  // {6,9} -> 15; of two that are as heavy the inner node is taken first.
  const std::vector<std::uint64_t> counts = {5, 4, 3, 2, 1};
  const HuffmanCodes codes(counts);
  EXPECT_EQ(code_of(codes, 0), "11");
  EXPECT_EQ(code_of(codes, 1), "10");
  EXPECT_EQ(code_of(codes, 2), "01");
  EXPECT_EQ(code_of(codes, 3), "001");
  EXPECT_EQ(code_of(codes, 4), "000");
  EXPECT_EQ(std::vector<std::uint32_t>(codes.path(4).begin(), codes.path(4).end()),
            (std::vector<std::uint32_t>{3, 1, 0}));
}

TEST(HuffmanCodes, AreShortestAndNoneBeginsAnother) {
  base::Random random(1);
  for (std::size_t size = 2; size < 200; size += 13) {
    std::vector<std::uint64_t> counts(size);
    for (std::uint64_t& count : counts) count = 1 + random.below(1 + (1U << random.below(12)));
    std::ranges::sort(counts, std::greater());
    const HuffmanCodes codes(counts);
    std::uint64_t bits = 0;
    std::set<std::string> all;
    std::map<std::uint32_t, std::set<std::string>> ways;  // to each inner node
    for (std::size_t id = 0; id < size; ++id) {
      const std::string code = code_of(codes, id);
      all.insert(code);
      bits += code.size() * counts[id];
      ASSERT_EQ(codes.path(id).size(), code.size());
      EXPECT_EQ(codes.path(id)[0], size - 2);
      for (std::size_t step = 0; step < code.size(); ++step)
        ways[codes.path(id)[step]].insert(code.substr(0, step));
    }
    EXPECT_EQ(bits, least_bits(counts));
    EXPECT_EQ(all.size(), size);
    for (auto code = all.begin(); std::next(code) != all.end(); ++code)
      EXPECT_FALSE(std::next(code)->starts_with(*code));
    EXPECT_EQ(ways.size(), size - 1);
    for (const auto& [node, begins] : ways) EXPECT_EQ(begins.size(), 1U) << node;
  }
}

TEST(HuffmanCodes, OneWordHasNothingToTell) {
  const std::vector<std::uint64_t> counts = {7};
  EXPECT_TRUE(HuffmanCodes(counts).path(0).empty());
}

}  // namespace
}  // namespace kindred::words
