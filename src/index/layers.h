/// The hierarchy of HNSW: every node is in the bottom layer, one in `kShare` of them also in the
/// layer above, one in kShare of those in the next, and so on. A search goes down from layer to
/// layer, each time to the nearest nodes it finds, and so arrives near its goal in the bottom layer
/// whatever the size (Malkov and Yashunin 2018).
///
/// Each layer is a graph of its own with its own numbers and a copy of its codes (an eighth of a
/// bit more a coordinate), so that the way down reads few cache lines; `below` leads to the same
/// vector in the layer underneath. The descent begins in the lowest layer that is small enough to
/// look at whole.
///
/// A vector's highest layer follows from its id and the seed alone.
///
/// Thread safety: as graph.h's; adding and removing of different vectors at once. Cost of a
/// descent: some 200 codes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "index/chunked_rows.h"
#include "index/graph.h"
#include "index/graph_update.h"
#include "index/walk.h"

namespace kindred::index {

/// Memory of one thread that goes down.
struct Descent {
  Walk walk;
  bool damaged = false;  ///< it met a node that is not sound (graph.h)
  std::vector<Node> above;
  std::vector<const std::uint8_t*> codes;
  std::vector<Node> nodes;
  std::vector<std::int32_t> products;
};

/// One layer: its graph, where its nodes are in the layer below, and numbers that are free.
struct Layer {
  Layer(const quantize::Codec& codec, std::size_t degree) : graph(codec, degree), below(1) {}

  Graph graph;
  ChunkedRows<std::atomic<Node>> below;  ///< not used in the bottom layer
  std::mutex mutex;
  std::vector<Node> free;                     ///< under mutex
  std::unordered_map<Node, Node> node_above;  ///< of the layer below: under mutex
};

class Layers {
 public:
  static constexpr std::size_t kMost = 6;
  static constexpr unsigned kShareBits = 5;

  Layers(const quantize::Codec& codec, std::size_t degree, std::uint64_t seed);

  /// The highest layer of a vector: 0 for most.
  std::size_t highest(std::uint64_t id) const;

  const Graph& bottom() const { return layers_[0]->graph; }
  Graph& bottom() { return layers_[0]->graph; }
  const Layer& layer(std::size_t i) const { return *layers_[i]; }
  Layer& layer(std::size_t i) { return *layers_[i]; }
  std::size_t bytes() const;

  /// Nodes of a layer that are near the query, for a walk to start from; none where no node of it
  /// is alive. Sets descent.damaged.
  void find_entries(const quantize::CodeQuery& query, std::size_t layer, Descent& descent,
                    std::vector<Node>& entries) const;

  /// Links everything. The bottom layer has its codes and nothing else; its first counts[i] nodes
  /// are those that reach layer i.
  void build(std::span<const std::size_t> counts, const LinkingRule& rule);

  /// A number for a node of a layer, published, not alive; a free one, or a new one. Its code and
  /// scale are the caller's to write. kNoNode where there are as many as there can be.
  Node allocate(std::size_t layer);
  /// A node of the layer above for one of this layer, with its code: not alive, not linked.
  Node raise(std::size_t layer, Node node);
  /// The node above a node, which forgets it; kNoNode where there is none.
  Node lower(std::size_t layer, Node node);
  /// Of nodes that nobody has in view any more.
  void release(std::size_t layer, Node node);

 private:
  bool look_at_all(const Graph& graph, const quantize::CodeQuery& query, std::size_t most_nodes,
                   Descent& descent, std::vector<Node>& entries) const;

  std::uint64_t seed_;
  std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace kindred::index
