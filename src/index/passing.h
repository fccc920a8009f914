/// The nodes of a graph that a filter lets through: a list, and a bit for each.
///
/// A walk asks it a hundred times as often as there are hits, and a bit is nearer than an id and a
/// look into a set of ids. Making one costs a look-up an id of a list, or a question a node; so it
/// pays for many queries, and is kept for the next ones (passing_cache.h).
///
/// Thread safety: immutable once made. It is a picture of one moment: nodes that die later are
/// still in it, those that come later are not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/candidates.h"

namespace kindred::index {

class Passing {
 public:
  /// nodes: ascending, below `size`.
  Passing(std::vector<Node> nodes, std::size_t size)
      : nodes_(std::move(nodes)), bits_(size / 64 + 1) {
    for (const Node node : nodes_) bits_[node / 64] |= std::uint64_t{1} << node % 64;
  }

  bool contains(Node node) const {
    return node / 64 < bits_.size() && (bits_[node / 64] >> node % 64 & 1) != 0;
  }
  std::span<const Node> nodes() const { return nodes_; }

 private:
  std::vector<Node> nodes_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace kindred::index
