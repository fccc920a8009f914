/// The labels of a classifier at the leaves of a Huffman tree, as fastText lays it: hierarchical
/// softmax (huffman.h). At each inner node the output tells how likely the label is on the right.
///
/// Thread safety: immutable. Cost: finding the likeliest labels looks at the nodes beside their
/// ways only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "words/huffman.h"

namespace kindred::words {

/// What the original adds to a probability before it takes the logarithm, and which stays in what
/// it says. So it does here: its scores are the same.
inline constexpr float kProbabilityGuard = 1e-5F;

class LabelTree {
 public:
  /// counts: from the largest to the smallest, one at least, each above 0.
  explicit LabelTree(std::span<const std::uint64_t> counts);

  /// Whether such a tree stays shallow: counts of a file may be anything.
  static bool fits(std::span<const std::uint64_t> counts);

  /// The inner nodes on the way to a label.
  std::span<const std::uint32_t> path(std::size_t label) const { return codes_.path(label); }
  /// At each of them, 1 where the label is on the right.
  std::span<const float> targets(std::size_t label) const {
    return std::span(targets_).subspan(begins_[label], path(label).size());
  }

  /// Labels and their probabilities, the likeliest first, k at most, none below `threshold`.
  /// right(node): the probability that the label is on its right.
  std::vector<std::pair<std::uint32_t, float>> likeliest(
      std::size_t k, float threshold, const std::function<float(std::uint32_t node)>& right) const;

 private:
  HuffmanCodes codes_;
  std::vector<std::size_t> begins_;
  std::vector<float> targets_;
  /// Left and right of each inner node: a label, or a node with labels_ added.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> children_;
  std::uint32_t labels_;
};

}  // namespace kindred::words
