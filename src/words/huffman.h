/// Huffman's code over the words of a vocabulary (Huffman 1952): frequent words have short codes.
///
/// Hierarchical softmax (Morin and Bengio 2005; Mikolov et al. 2013, arXiv:1310.4546, section 2.1)
/// puts words at the leaves of this tree. To tell a word is to tell, at each inner node on the way
/// down from the root, which side it lies on. Nodes of equal weight are joined as word2vec joins
/// them, so codes are its codes.
///
/// Thread safety: immutable. Cost: linear in the words, whose counts fall from the first on; 8
/// bytes for each step of each code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kindred::words {

class HuffmanCodes {
 public:
  /// counts: from the largest to the smallest, one at least, each above 0.
  explicit HuffmanCodes(std::span<const std::uint64_t> counts);

  /// The inner nodes on the way from the root to a word, numbered from 0 to counts.size() - 2 (the
  /// root); none where there is a single word.
  std::span<const std::uint32_t> path(std::size_t id) const {
    return std::span(nodes_).subspan(begins_[id], begins_[id + 1] - begins_[id]);
  }
  /// At each of them, 1 where the word lies on the side of the bit 0, else 0: what the node has to
  /// tell.
  std::span<const float> labels(std::size_t id) const {
    return std::span(labels_).subspan(begins_[id], begins_[id + 1] - begins_[id]);
  }

 private:
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> nodes_;
  std::vector<float> labels_;
};

}  // namespace kindred::words
