/// Graphs of codes for the tests of what walks through them and changes them.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "base/random.h"
#include "index/graph.h"
#include "index/graph_build.h"
#include "index/graph_update.h"
#include "kindred/matrix.h"
#include "quantize/rotated.h"

namespace kindred::testing {

/// Nodes 0, 1, ... with the 8-bit codes of vectors in 20 clusters that touch each other. Nothing is
/// published or linked.
struct CodedNodes {
  explicit CodedNodes(std::size_t count, std::size_t degree = 24, std::size_t dimensions = 12)
      : vectors(count, dimensions),
        codec(8, std::vector<float>(dimensions), 1),
        graph(codec, degree) {
    base::Random random(count + dimensions);
    graph.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t d = 0; d < dimensions; ++d)
        vectors.row(i)[d] =
            std::sin(static_cast<float>(i % 20 * 7 + d * 3)) + 0.7F * random.normal();
      const auto node = static_cast<index::Node>(i);
      graph.scale(node) = codec.encode(vectors.row(i).data(), graph.code(node), scratch);
    }
  }

  std::size_t count() const { return vectors.rows(); }

  /// A query beside the vector of a node.
  const quantize::CodeQuery& query_near(std::size_t node, base::Random& random) {
    std::vector<float> query(vectors.row(node).begin(), vectors.row(node).end());
    for (float& value : query) value += 0.2F * random.normal();
    codec.query(query.data(), scratch);
    return scratch;
  }

  Matrix vectors;
  quantize::Rotated codec;
  index::Graph graph;
  quantize::CodeQuery scratch;
};

inline constexpr index::LinkingRule kLinking{.ef_construction = 60, .new_links = 12};

/// Walks start at node 0, or at the first one that is alive.
inline index::FindEntries from_the_first(const index::Graph& graph) {
  return [&graph](const quantize::CodeQuery&, std::size_t, std::vector<index::Node>& entries) {
    index::Node node = 0;
    while (node + 1 < graph.size() && !graph.alive(node)) ++node;
    entries.assign(1, node);
  };
}

/// Links all nodes.
inline void link_all(CodedNodes& nodes, std::size_t workers = 1) {
  std::vector<index::UpdateScratch> scratch(workers);
  index::build_graph(nodes.graph, nodes.count(), kLinking, from_the_first(nodes.graph), scratch);
}

inline std::vector<index::Node> links_of(const index::Graph& graph, index::Node node) {
  std::vector<index::Node> links;
  for (const index::Link& link : graph.links(node)) {
    if (link.load() == index::kNoNode) break;
    links.push_back(link.load());
  }
  return links;
}

/// The nodes for which `passes` is true, nearest first, by looking at all of them.
inline std::vector<index::Near> nearest(const index::Graph& graph, const quantize::CodeQuery& query,
                                        const std::function<bool(index::Node)>& passes) {
  std::vector<index::Near> all;
  for (index::Node node = 0; node < graph.size(); ++node) {
    if (!passes(node)) continue;
    const std::uint8_t* code = graph.code(node);
    std::int32_t product = 0;
    graph.codec().kernel()(query.values.data(), &code, 1, graph.code_blocks(), &product);
    all.push_back({query.nearness(product, graph.scale(node)), node});
  }
  std::ranges::sort(all);
  return all;
}

/// The share of the ten nearest living nodes that walks of `ef` find, over queries beside nodes.
inline double recall(CodedNodes& nodes, std::size_t ef) {
  constexpr std::size_t kNearest = 10;
  base::Random random(5);
  index::Walk walk;
  std::vector<index::Node> entries;
  std::size_t hits = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < nodes.count(); i += nodes.count() / 50) {
    const quantize::CodeQuery& query = nodes.query_near(i, random);
    const auto expected =
        nearest(nodes.graph, query, [&](index::Node node) { return nodes.graph.alive(node); });
    from_the_first(nodes.graph)(query, 0, entries);
    walk.start(nodes.graph, query, ef, entries);
    walk.run();
    for (std::size_t n = 0; n < std::min(kNearest, expected.size()); ++n, ++all)
      for (std::size_t f = 0; f < walk.found().size(); ++f)
        if (walk.found()[f].node == expected[n].node) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(all);
}

}  // namespace kindred::testing
