#include "index/graph_update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "index/graph_build.h"
#include "kindred/threads.h"
#include "support/graphs.h"

namespace kindred::index {
namespace {

void expect_sound_lists(const Graph& graph) {
  for (Node node = 0; node < graph.size(); ++node) {
    const auto links = testing::links_of(graph, node);
    ASSERT_EQ(std::set<Node>(links.begin(), links.end()).size(), links.size()) << node;
    for (const Node link : links) {
      ASSERT_NE(link, node);
      ASSERT_LT(link, graph.size());
    }
  }
}

TEST(GraphBuild, DoublesItsBatchesUpToAShare) {
  EXPECT_EQ(batch_size(0, 1000), 1);
  EXPECT_EQ(batch_size(1, 999), 1);
  EXPECT_EQ(batch_size(16, 984), 16);
  EXPECT_EQ(batch_size(100'000, 50'000), 2000);
  EXPECT_EQ(batch_size(100'000, 3), 3);
}

TEST(GraphBuild, IsTheSameAtAnyNumberOfThreads) {
  const std::size_t before = threads();
  testing::CodedNodes alone(1200);
  set_threads(1);
  testing::link_all(alone);
  for (const std::size_t workers : {2, 3}) {
    set_threads(workers);
    testing::CodedNodes together(1200);
    testing::link_all(together, workers);
    for (Node node = 0; node < 1200; ++node)
      ASSERT_EQ(testing::links_of(together.graph, node), testing::links_of(alone.graph, node));
  }
  set_threads(before);
}

TEST(GraphBuild, LinksEveryNode) {
  testing::CodedNodes nodes(1500);
  testing::link_all(nodes);
  ASSERT_EQ(nodes.graph.size(), 1500);
  expect_sound_lists(nodes.graph);
  for (Node node = 0; node < 1500; ++node) {
    EXPECT_TRUE(nodes.graph.alive(node));
    EXPECT_FALSE(testing::links_of(nodes.graph, node).empty());
  }
}

TEST(GraphUpdate, InsertedOneByOneNodesAreFoundAsWell) {
  testing::CodedNodes nodes(1000);
  std::vector<UpdateScratch> scratch(1);
  for (Node node = 0; node < 1000; ++node) {
    nodes.graph.publish(node + 1);
    insert(nodes.graph, std::vector<Node>{node}, testing::kLinking,
           testing::from_the_first(nodes.graph), scratch);
    ASSERT_TRUE(nodes.graph.alive(node));
  }
  expect_sound_lists(nodes.graph);
  EXPECT_GT(testing::recall(nodes, 60), 0.97);
}

TEST(GraphUpdate, RemovedNodesAreForgottenAndTheOthersFound) {
  testing::CodedNodes nodes(2000);
  testing::link_all(nodes);
  std::vector<UpdateScratch> scratch(1);
  const auto removed = [](Node node) { return node % 2 == 1; };
  for (Node node = 1; node < 2000; node += 2) {
    nodes.graph.set_alive(node, false);
    remove(nodes.graph, node, std::vector<Node>{0}, testing::kLinking, scratch[0]);
  }
  sweep(nodes.graph, removed, testing::kLinking, scratch[0]);
  expect_sound_lists(nodes.graph);
  for (Node node = 0; node < 2000; ++node)
    for (const Node link : testing::links_of(nodes.graph, node))
      ASSERT_FALSE(removed(link)) << node << " leads to " << link;
  EXPECT_GT(testing::recall(nodes, 60), 0.95);

  // Their numbers are given out again, to the same vectors.
  for (Node node = 1; node < 2000; node += 2) {
    nodes.graph.set_links(node, {});
    insert(nodes.graph, std::vector<Node>{node}, testing::kLinking,
           testing::from_the_first(nodes.graph), scratch);
  }
  expect_sound_lists(nodes.graph);
  EXPECT_GT(testing::recall(nodes, 60), 0.95);
}

TEST(GraphUpdate, NodesThatAreAllTheSameStillLeadToOthers) {
  testing::CodedNodes nodes(300);
  for (Node node = 1; node < 300; ++node) {
    std::copy_n(nodes.graph.code(0), nodes.graph.code_bytes(), nodes.graph.code(node));
    nodes.graph.scale(node) = nodes.graph.scale(0);
  }
  testing::link_all(nodes);
  expect_sound_lists(nodes.graph);
  nodes.codec.query(nodes.graph.code(0), nodes.graph.scale(0), nodes.scratch);
  Walk walk;
  walk.start(nodes.graph, nodes.scratch, 300, std::vector<Node>{0});
  walk.run();
  // Not to all of them: among equals the first are everybody's choice.
  EXPECT_GT(walk.found().size(), LinkRule().fill);
  for (Node node = 0; node < 300; ++node)
    EXPECT_FALSE(testing::links_of(nodes.graph, node).empty());
}

}  // namespace
}  // namespace kindred::index
