/// Which nodes a walk has seen: a bit each, and the list of those set, so that clearing costs what
/// the walk did and not what the graph holds.
///
/// Thread safety: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/candidates.h"

namespace kindred::index {

class Visited {
 public:
  /// Empties it; afterwards nodes below `nodes` may be asked for.
  void start(std::size_t nodes) {
    for (const Node node : std::span(seen_).first(count_)) bits_[node / 64] = 0;
    count_ = 0;
    if (bits_.size() * 64 < nodes) bits_.resize((nodes + 63) / 64);
  }

  /// Room for `more` nodes beyond those seen: call before as many add().
  void reserve(std::size_t more) {
    if (seen_.size() < count_ + more) seen_.resize(2 * (count_ + more));
  }

  /// Without a branch: half of the nodes that a walk looks at are new, and no processor guesses
  /// which.
  void add(Node node) {
    std::uint64_t& word = bits_[node / 64];
    const std::uint64_t bit = std::uint64_t{1} << (node % 64);
    const bool fresh = (word & bit) == 0;
    word |= bit;
    seen_[count_] = node;
    count_ += static_cast<std::size_t>(fresh);
  }

  std::size_t count() const { return count_; }
  /// Those that were new since the count was `before`.
  std::span<const Node> since(std::size_t before) const {
    return std::span(seen_).subspan(before, count_ - before);
  }

 private:
  std::vector<std::uint64_t> bits_;
  std::vector<Node> seen_;
  std::size_t count_ = 0;
};

}  // namespace kindred::index
