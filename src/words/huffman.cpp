#include "words/huffman.h"

#include <algorithm>

namespace kindred::words {

HuffmanCodes::HuffmanCodes(std::span<const std::uint64_t> counts) : begins_(counts.size() + 1, 0) {
  const std::size_t words = counts.size();
  if (words < 2) return;
  // Words stand first, inner nodes behind them in the order in which they are made, which is that
  // of their weights: the two lightest nodes are always at the ends of two rows.
  const std::size_t root = 2 * words - 2;
  std::vector<std::uint64_t> weights(counts.begin(), counts.end());
  weights.resize(2 * words - 1);
  std::vector<std::uint32_t> parents(2 * words - 1, 0);
  std::vector<std::uint8_t> bits(2 * words - 1, 0);
  std::size_t left_words = words;  // the next word is the one before
  std::size_t next_inner = words;
  const auto lightest = [&](std::size_t made) {
    const bool word =
        left_words > 0 && (next_inner >= made || weights[left_words - 1] < weights[next_inner]);
    return word ? --left_words : next_inner++;
  };
  for (std::size_t node = words; node <= root; ++node) {
    const std::size_t one = lightest(node);
    const std::size_t two = lightest(node);
    weights[node] = weights[one] + weights[two];
    parents[one] = parents[two] = static_cast<std::uint32_t>(node);
    bits[two] = 1;
  }
  for (std::size_t id = 0; id < words; ++id) {
    const auto begin = static_cast<std::ptrdiff_t>(nodes_.size());
    for (std::size_t node = id; node != root; node = parents[node]) {
      nodes_.push_back(static_cast<std::uint32_t>(parents[node] - words));
      labels_.push_back(bits[node] == 0 ? 1.0F : 0.0F);
    }
    std::reverse(nodes_.begin() + begin, nodes_.end());
    std::reverse(labels_.begin() + begin, labels_.end());
    begins_[id + 1] = nodes_.size();
  }
}

}  // namespace kindred::words
