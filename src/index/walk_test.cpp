#include "index/walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/graphs.h"

namespace kindred::index {
namespace {

std::vector<Near> found_by(const Walk& walk) {
  std::vector<Near> found;
  for (std::size_t i = 0; i < walk.found().size(); ++i) found.push_back(walk.found()[i]);
  return found;
}

/// All nodes that links lead to from `start`.
std::set<Node> reachable(const Graph& graph, Node start) {
  std::set<Node> seen = {start};
  std::vector<Node> open = {start};
  while (!open.empty()) {
    const Node node = open.back();
    open.pop_back();
    for (const Node next : testing::links_of(graph, node))
      if (seen.insert(next).second) open.push_back(next);
  }
  return seen;
}

TEST(Walk, ThatKeepsAllFindsAllInTheirOrder) {
  testing::CodedNodes nodes(700);
  testing::link_all(nodes);
  const std::set<Node> expected_nodes = reachable(nodes.graph, 3);
  EXPECT_GT(expected_nodes.size(), 690);
  base::Random random(2);
  Walk walk;
  for (const std::size_t near : {0, 200, 699}) {
    const quantize::CodeQuery& query = nodes.query_near(near, random);
    walk.start(nodes.graph, query, nodes.count(), std::vector<Node>{3});
    walk.run();
    EXPECT_EQ(found_by(walk), testing::nearest(nodes.graph, query, [&](Node node) {
                return expected_nodes.contains(node);
              }));
    EXPECT_EQ(walk.measured(), expected_nodes.size());
    EXPECT_EQ(walk.expanded(), expected_nodes.size());
    EXPECT_FALSE(walk.met_damage());
    EXPECT_FALSE(walk.gather());
  }
}

TEST(Walk, FindsNearlyAllOfTheNearestInAFewSteps) {
  testing::CodedNodes nodes(3000);
  testing::link_all(nodes);
  EXPECT_GT(testing::recall(nodes, 60), 0.97);
  base::Random random(3);
  Walk walk;
  walk.start(nodes.graph, nodes.query_near(77, random), 20, std::vector<Node>{0});
  walk.run();
  EXPECT_EQ(walk.found().size(), 20);
  EXPECT_LT(walk.measured(), nodes.count() / 3);
}

TEST(Walk, LeavesNoTraceForTheNext) {
  testing::CodedNodes nodes(500);
  testing::link_all(nodes);
  base::Random random(4);
  Walk used;
  for (const std::size_t ef : {300, 1, 20, 20}) {
    const quantize::CodeQuery& query = nodes.query_near(random.below(500), random);
    used.start(nodes.graph, query, ef, std::vector<Node>{1, 2});
    used.run();
    Walk fresh;
    fresh.start(nodes.graph, query, ef, std::vector<Node>{1, 2});
    fresh.run();
    EXPECT_EQ(found_by(used), found_by(fresh));
    EXPECT_EQ(used.measured(), fresh.measured());
  }
}

TEST(Walk, WithAFilterFindsWhatPasses) {
  testing::CodedNodes nodes(3000);
  testing::link_all(nodes);
  base::Random random(5);
  for (const Node share : {2, 10}) {
    const Walk::Filter filter{.passes = [share](Node node) { return node % share == 1; }};
    std::size_t hits = 0;
    Walk walk;
    for (std::size_t near = 0; near < 3000; near += 60) {
      const quantize::CodeQuery& query = nodes.query_near(near, random);
      // The entry passes: entries are kept whether they do or not.
      walk.start(nodes.graph, query, 40, std::vector<Node>{1}, &filter);
      walk.run();
      const auto found = found_by(walk);
      EXPECT_TRUE(std::ranges::is_sorted(found));
      for (const Near& one : found) ASSERT_TRUE(filter.passes(one.node));
      const auto expected = testing::nearest(nodes.graph, query, filter.passes);
      for (std::size_t n = 0; n < 10; ++n)
        hits += static_cast<std::size_t>(std::ranges::count(found, expected[n]));
    }
    EXPECT_GT(hits, 470) << "one in " << share << " passes";
  }
}

TEST(Walk, StopsAtDamage) {
  testing::CodedNodes nodes(300);
  testing::link_all(nodes);
  std::vector<std::uint8_t> codes;
  std::vector<quantize::CodeScale> scales;
  std::vector<Node> links;
  for (Node node = 0; node < nodes.count(); ++node) {
    codes.insert(codes.end(), nodes.graph.code(node),
                 nodes.graph.code(node) + nodes.graph.code_bytes());
    scales.push_back(nodes.graph.scale(node));
    for (const Link& link : nodes.graph.links(node)) links.push_back(link.load());
  }
  base::Random random(6);
  const quantize::CodeQuery& query = nodes.query_near(9, random);
  for (const bool damaged : {false, true}) {
    Graph mapped(nodes.codec, nodes.graph.degree());
    mapped.borrow(codes.data(), scales.data(), links.data(), nodes.count(),
                  [damaged](Node node) { return !damaged || node != 9; });
    Walk walk;
    walk.start(mapped, query, nodes.count(), std::vector<Node>{0});
    walk.run();
    EXPECT_EQ(walk.met_damage(), damaged);
  }
}

}  // namespace
}  // namespace kindred::index
