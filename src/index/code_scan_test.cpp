#include "index/code_scan.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/graphs.h"

namespace kindred::index {
namespace {

/// Makes a query beside the vector of a node.
void query_near(testing::CodedNodes& nodes, std::size_t node, quantize::CodeQuery& query) {
  std::vector<float> vector(nodes.vectors.row(node).begin(), nodes.vectors.row(node).end());
  for (float& value : vector) value += 0.1F;
  nodes.codec.query(vector.data(), query);
}

TEST(CodeScan, FindsTheNearestOfTheNodesThatItIsGiven) {
  testing::CodedNodes nodes(3000);
  nodes.graph.publish(3000);
  for (const Node share : {1, 3, 1000, 2999}) {
    std::vector<Node> some;
    for (Node node = 0; node < 3000; node += share) some.push_back(node);
    std::vector<quantize::CodeQuery> queries(3);
    std::vector<Candidates> found(queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
      query_near(nodes, 100 * i, queries[i]);
      found[i].start(20);
    }
    ASSERT_TRUE(scan_codes(nodes.graph, some, queries, found));
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const auto expected =
          testing::nearest(nodes.graph, queries[i], [&](Node node) { return node % share == 0; });
      ASSERT_EQ(found[i].size(), std::min<std::size_t>(20, some.size()));
      for (std::size_t n = 0; n < found[i].size(); ++n)
        EXPECT_EQ(found[i][n], expected[n]) << "one in " << share << ", number " << n;
    }
  }
}

TEST(CodeScan, OfNoNodesFindsNone) {
  testing::CodedNodes nodes(10);
  std::vector<quantize::CodeQuery> queries(1);
  query_near(nodes, 1, queries[0]);
  std::vector<Candidates> found(1);
  found[0].start(5);
  EXPECT_TRUE(scan_codes(nodes.graph, {}, queries, found));
  EXPECT_EQ(found[0].size(), 0);
}

TEST(CodeScan, StopsAtDamage) {
  testing::CodedNodes nodes(300);
  testing::link_all(nodes);
  std::vector<quantize::CodeQuery> queries(1);
  query_near(nodes, 1, queries[0]);
  std::vector<Candidates> found(1);
  found[0].start(5);
  const std::vector<Node> links(300 * nodes.graph.degree(), kNoNode);
  std::vector<std::uint8_t> codes;
  std::vector<quantize::CodeScale> scales;
  for (Node node = 0; node < 300; ++node) {
    codes.insert(codes.end(), nodes.graph.code(node),
                 nodes.graph.code(node) + nodes.graph.code_bytes());
    scales.push_back(nodes.graph.scale(node));
  }
  Graph borrowed(nodes.graph.codec(), nodes.graph.degree());
  borrowed.borrow(codes.data(), scales.data(), links.data(), 300,
                  [](Node node) { return node != 77; });
  const std::vector<Node> without = {1, 76, 78};
  EXPECT_TRUE(scan_codes(borrowed, without, queries, found));
  const std::vector<Node> with = {1, 77, 78};
  EXPECT_FALSE(scan_codes(borrowed, with, queries, found));
}

}  // namespace
}  // namespace kindred::index
