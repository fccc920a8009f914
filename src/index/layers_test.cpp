#include "index/layers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "kindred/threads.h"
#include "support/graphs.h"

namespace kindred::index {
namespace {

/// The layers of coded nodes, of which the first `counts[i]` reach layer i.
struct Built {
  Built(std::size_t count, std::span<const std::size_t> counts)
      : nodes(count), layers(nodes.codec, nodes.graph.degree(), 1) {
    layers.bottom().reserve(count);
    for (Node node = 0; node < count; ++node) {
      std::copy_n(nodes.graph.code(node), nodes.graph.code_bytes(), layers.bottom().code(node));
      layers.bottom().scale(node) = nodes.graph.scale(node);
    }
    layers.build(counts, testing::kLinking);
  }
  testing::CodedNodes nodes;
  Layers layers;
};

TEST(Layers, AVectorsHighestLayerFollowsFromItsId) {
  const testing::CodedNodes nodes(1);
  const Layers layers(nodes.codec, 8, 5);
  const Layers same(nodes.codec, 8, 5);
  const Layers other(nodes.codec, 8, 6);
  constexpr std::size_t kIds = 200'000;
  std::array<std::size_t, Layers::kMost> reach = {};
  std::size_t differ = 0;
  for (std::uint64_t id = 0; id < kIds; ++id) {
    const std::size_t highest = layers.highest(id);
    ASSERT_LT(highest, Layers::kMost);
    ASSERT_EQ(same.highest(id), highest);
    differ += static_cast<std::size_t>(other.highest(id) != highest);
    for (std::size_t layer = 0; layer <= highest; ++layer) ++reach[layer];
  }
  constexpr double kShare = 1 << Layers::kShareBits;
  EXPECT_EQ(reach[0], kIds);
  EXPECT_NEAR(static_cast<double>(reach[1]), kIds / kShare, 0.05 * kIds / kShare);
  EXPECT_NEAR(static_cast<double>(reach[2]), kIds / kShare / kShare, 60);
  EXPECT_GT(differ, kIds / 20);
}

TEST(Layers, EveryLayerHoldsTheFirstNodesOfTheOneBelow) {
  const std::array<std::size_t, 3> counts = {2500, 400, 20};
  const Built built(2500, counts);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const Layer& layer = built.layers.layer(i);
    ASSERT_EQ(layer.graph.size(), counts[i]);
    for (Node node = 0; node < counts[i]; ++node) {
      ASSERT_TRUE(layer.graph.alive(node));
      ASSERT_FALSE(testing::links_of(layer.graph, node).empty());
      if (i == 0) continue;
      const Node below = layer.below.row(node)->load();
      ASSERT_EQ(below, node);
      ASSERT_TRUE(std::equal(layer.graph.code(node),
                             layer.graph.code(node) + layer.graph.code_bytes(),
                             built.layers.layer(i - 1).graph.code(below)));
    }
  }
  EXPECT_EQ(built.layers.layer(3).graph.size(), 0);
}

TEST(Layers, TheWayDownEndsNearTheQuery) {
  const std::array<std::size_t, 3> counts = {2500, 400, 20};
  Built built(2500, counts);
  base::Random random(1);
  Descent descent;
  std::vector<Node> entries;
  for (std::size_t near = 0; near < 2500; near += 50) {
    const quantize::CodeQuery& query = built.nodes.query_near(near, random);
    built.layers.find_entries(query, 0, descent, entries);
    ASSERT_EQ(entries.size(), 1);
    EXPECT_FALSE(descent.damaged);
    // Of 400 nodes in the layer above, it should be one of the nearest.
    const auto all =
        testing::nearest(built.layers.bottom(), query, [&](Node node) { return node < counts[1]; });
    const auto place = std::ranges::find(all, entries[0], &Near::node) - all.begin();
    EXPECT_LT(place, 60);
  }
}

TEST(Layers, TheBuildIsTheSameAtAnyNumberOfThreads) {
  const std::array<std::size_t, 2> counts = {900, 60};
  const std::size_t before = threads();
  set_threads(1);
  const Built alone(900, counts);
  set_threads(3);
  const Built together(900, counts);
  set_threads(before);
  for (std::size_t i = 0; i < counts.size(); ++i)
    for (Node node = 0; node < counts[i]; ++node)
      ASSERT_EQ(testing::links_of(together.layers.layer(i).graph, node),
                testing::links_of(alone.layers.layer(i).graph, node));
}

TEST(Layers, FindNoEntryWhereNobodyLives) {
  testing::CodedNodes nodes(1);
  const Layers layers(nodes.codec, 8, 1);
  base::Random random(2);
  Descent descent;
  std::vector<Node> entries = {7};
  layers.find_entries(nodes.query_near(0, random), 0, descent, entries);
  EXPECT_TRUE(entries.empty());
}

TEST(Layers, FindOnlyTheLiving) {
  const std::array<std::size_t, 2> counts = {600, 40};
  Built built(600, counts);
  for (Node node = 0; node < 600; ++node)
    if (node != 333) built.layers.bottom().set_alive(node, false);
  for (Node node = 0; node < 40; ++node) built.layers.layer(1).graph.set_alive(node, false);
  base::Random random(3);
  Descent descent;
  std::vector<Node> entries;
  built.layers.find_entries(built.nodes.query_near(1, random), 0, descent, entries);
  EXPECT_EQ(entries, std::vector<Node>{333});
}

TEST(Layers, NumbersThatAreFreeAreGivenOutAgain) {
  const std::array<std::size_t, 1> counts = {10};
  Built built(10, counts);
  EXPECT_EQ(built.layers.allocate(0), 10);
  EXPECT_FALSE(built.layers.bottom().alive(10));
  built.layers.release(0, 4);
  EXPECT_TRUE(testing::links_of(built.layers.bottom(), 4).empty());
  EXPECT_EQ(built.layers.allocate(0), 4);
  EXPECT_EQ(built.layers.allocate(0), 11);
}

TEST(Layers, ANodeIsRaisedAndLoweredOnce) {
  const std::array<std::size_t, 1> counts = {10};
  Built built(10, counts);
  const Node above = built.layers.raise(0, 6);
  const Layer& layer = built.layers.layer(1);
  EXPECT_EQ(layer.below.row(above)->load(), 6);
  EXPECT_TRUE(std::equal(layer.graph.code(above),
                         layer.graph.code(above) + layer.graph.code_bytes(),
                         built.layers.bottom().code(6)));
  EXPECT_FALSE(layer.graph.alive(above));
  EXPECT_EQ(built.layers.lower(0, 5), kNoNode);
  EXPECT_EQ(built.layers.lower(0, 6), above);
  EXPECT_EQ(built.layers.lower(0, 6), kNoNode);
}

}  // namespace
}  // namespace kindred::index
