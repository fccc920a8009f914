/// Which of the nodes near a node it should link to.
///
/// The heuristic that makes a graph navigable (Arya and Mount 1993; algorithm 4 of the HNSW paper;
/// with `alpha` RobustPrune of Subramanya et al., "DiskANN", 2019): candidates are taken nearest
/// first, and one is left out if a link that was chosen already leads closer to it than the node
/// itself stands, `alpha` times over. So links point in different directions. Fewer than `fill`
/// are filled up with candidates that were left out: equal vectors, where any one blocks all
/// others, then have some links among themselves.
///
/// Distances between candidates come from their codes. Thread safety: one Selector a thread. Cost:
/// at most chosen * candidates codes read; a tenth of that as a rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/candidates.h"
#include "index/graph.h"
#include "quantize/codec.h"

namespace kindred::index {

struct LinkRule {
  std::size_t most = 32;
  std::size_t fill = 8;  ///< fewer than this are filled up
  float alpha = 1.1F;    ///< on distances as the codec has them (squared, where they are Euclidean)
};

class Selector {
 public:
  /// candidates: distinct, nearest first, not the node itself; `nearness` holds distances to it.
  /// The result holds until the next call.
  std::span<const Node> select(const Graph& graph, std::span<const Near> candidates,
                               const LinkRule& rule);

 private:
  quantize::CodeQuery query_;
  std::vector<Near> rest_;
  std::vector<Node> chosen_;
  std::vector<Node> left_out_;
  std::vector<const std::uint8_t*> codes_;
  std::vector<std::int32_t> products_;
};

/// The distances of `nodes` from `base`, nearest first: what select() takes.
class Surroundings {
 public:
  std::span<const Near> measure(const Graph& graph, Node base, std::span<const Node> nodes);

 private:
  quantize::CodeQuery query_;
  std::vector<Near> near_;
  std::vector<const std::uint8_t*> codes_;
  std::vector<std::int32_t> products_;
};

}  // namespace kindred::index
