/// What an Hnsw is made of once it has vectors; for its own files.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "index/hnsw.h"

namespace kindred::index {

struct Hnsw::Core {
  Core(WalkSpace walk_space, const IndexOptions& options, std::size_t dimensions)
      : space(std::move(walk_space)),
        layers(space.codec(), 2 * options.m, options.seed),
        rows(options.rows, dimensions),
        ids(1),
        lengths(1) {}

  /// The id of a node. A node keeps it until its number is given out again.
  std::uint64_t id(Node node) const { return *ids.row(node); }

  /// A number for a new vector, and memory for it.
  Node allocate() {
    const Node node = layers.allocate(0);
    if (node == kNoNode) return node;
    const std::lock_guard lock(growing);
    rows.grow(node + 1);
    ids.grow(node + 1);
    lengths.grow(node + 1);
    return node;
  }

  WalkSpace space;
  Layers layers;
  std::mutex growing;
  TypedRows rows;
  ChunkedRows<std::uint64_t> ids;
  ChunkedRows<double> lengths;  ///< for metrics that bring rows to length 1
  std::optional<File> file;     ///< what is borrowed belongs to it
};

/// Memory of one thread that searches.
struct Hnsw::Scratch {
  /// Searches of one thread that take turns: while one computes, the memory works for the others.
  static constexpr std::size_t kTogether = 4;

  std::array<Walk, kTogether> walks;
  std::array<Candidates, kTogether> scanned;  ///< by their codes alone
  std::array<quantize::CodeQuery, kTogether> queries;
  Descent descent;
  std::vector<Node> entries;
  std::vector<Node> chosen;
  Best scored;
};

}  // namespace kindred::index
