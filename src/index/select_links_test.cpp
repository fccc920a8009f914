#include "index/select_links.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "support/graphs.h"

namespace kindred::index {
namespace {

/// The distance of two codes, one as the query.
float between(const Graph& graph, Node base, Node other) {
  quantize::CodeQuery query;
  graph.codec().query(graph.code(base), graph.scale(base), query);
  const std::uint8_t* code = graph.code(other);
  std::int32_t product = 0;
  graph.codec().kernel()(query.values.data(), &code, 1, graph.code_blocks(), &product);
  return query.nearness(product, graph.scale(other)) + query.norm;
}

std::vector<Node> all_but(std::size_t count, Node base) {
  std::vector<Node> nodes(count);
  std::iota(nodes.begin(), nodes.end(), Node{0});
  std::erase(nodes, base);
  return nodes;
}

TEST(Surroundings, AreSortedDistances) {
  testing::CodedNodes nodes(200);
  Surroundings surroundings;
  const auto near = surroundings.measure(nodes.graph, 5, all_but(200, 5));
  ASSERT_EQ(near.size(), 199);
  EXPECT_TRUE(std::ranges::is_sorted(near));
  for (const Near& one : near) {
    EXPECT_EQ(one.nearness, between(nodes.graph, 5, one.node));
    double exact = 0;
    for (std::size_t d = 0; d < nodes.vectors.dimensions(); ++d) {
      const double difference = double{nodes.vectors.row(5)[d]} - nodes.vectors.row(one.node)[d];
      exact += difference * difference;
    }
    EXPECT_NEAR(one.nearness, exact, 0.05 * (1 + exact));
  }
}

TEST(Selector, LeavesOutWhatALinkLeadsCloserTo) {
  testing::CodedNodes nodes(400);
  Surroundings surroundings;
  Selector selector;
  for (const Node base : {Node{0}, Node{17}, Node{399}})
    for (const float alpha : {1.0F, 1.3F})
      for (const std::size_t most : {1, 6, 32}) {
        const auto near = surroundings.measure(nodes.graph, base, all_but(400, base));
        // As the paper says it, without filling up.
        std::vector<Node> expected;
        for (const Near& candidate : near) {
          if (expected.size() == most) break;
          if (std::ranges::none_of(expected, [&](Node chosen) {
                return alpha * between(nodes.graph, chosen, candidate.node) <= candidate.nearness;
              }))
            expected.push_back(candidate.node);
        }
        const auto chosen =
            selector.select(nodes.graph, near, {.most = most, .fill = 0, .alpha = alpha});
        EXPECT_TRUE(std::ranges::equal(chosen, expected));
      }
}

TEST(Selector, FillsUpWithTheNearestOfTheOthers) {
  testing::CodedNodes nodes(300);
  // All the same: any one blocks all others.
  for (Node node = 1; node < 300; ++node) {
    std::copy_n(nodes.graph.code(0), nodes.graph.code_bytes(), nodes.graph.code(node));
    nodes.graph.scale(node) = nodes.graph.scale(0);
  }
  Surroundings surroundings;
  Selector selector;
  const auto near = surroundings.measure(nodes.graph, 7, all_but(300, 7));
  for (const auto& [most, fill, expected] :
       {std::array<std::size_t, 3>{32, 8, 8}, {4, 8, 4}, {32, 1, 1}}) {
    const auto chosen = selector.select(nodes.graph, near, {.most = most, .fill = fill});
    ASSERT_EQ(chosen.size(), expected);
    EXPECT_EQ(std::set<Node>(chosen.begin(), chosen.end()).size(), expected);
    for (std::size_t i = 0; i < expected; ++i) EXPECT_EQ(chosen[i], near[i].node);
  }
  EXPECT_TRUE(selector.select(nodes.graph, {}, {}).empty());
}

}  // namespace
}  // namespace kindred::index
