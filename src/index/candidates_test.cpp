#include "index/candidates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "base/random.h"

namespace kindred::index {
namespace {

/// The same, as plainly as possible: a list that is sorted again each time.
struct Model {
  struct Entry {
    Near near;
    bool expanded = false;
  };
  std::size_t ef;
  std::vector<Entry> entries;

  void offer(float nearness, Node node) {
    entries.push_back({{nearness, node}});
    std::ranges::sort(entries, {}, &Entry::near);
    if (entries.size() > ef) entries.pop_back();
  }
  Node upcoming() const {
    const auto found = std::ranges::find(entries, false, &Entry::expanded);
    return found == entries.end() ? kNoNode : found->near.node;
  }
  Node expand() {
    const auto found = std::ranges::find(entries, false, &Entry::expanded);
    if (found == entries.end()) return kNoNode;
    found->expanded = true;
    return found->near.node;
  }
};

TEST(Candidates, AreASortedListOfTheBest) {
  base::Random random(1);
  Candidates candidates;
  for (const std::size_t ef : {1, 2, 7, 64, 3}) {
    candidates.start(ef);
    Model model{.ef = ef, .entries = {}};
    std::vector<Node> nodes(300);
    std::iota(nodes.begin(), nodes.end(), Node{0});
    for (std::size_t i = nodes.size(); i > 1; --i) std::swap(nodes[i - 1], nodes[random.below(i)]);
    nodes[0] = 0x7fffffff;  // the largest that there can be
    for (const Node node : nodes) {
      // Few different values, of both signs, so that nodes decide too.
      const float nearness = static_cast<float>(random.below(40)) - 20;
      candidates.offer(nearness, node);
      model.offer(nearness, node);
      if (random.below(3) == 0) {
        ASSERT_EQ(candidates.upcoming(), model.upcoming());
        ASSERT_EQ(candidates.expand(), model.expand());
      }
      ASSERT_EQ(candidates.size(), model.entries.size());
      ASSERT_EQ(candidates.full(), model.entries.size() == ef);
      ASSERT_EQ(candidates.worst(), model.entries.back().near.nearness);
    }
    for (std::size_t i = 0; i < candidates.size(); ++i)
      ASSERT_EQ(candidates[i], model.entries[i].near);
    for (Node node = 0; node != kNoNode;) ASSERT_EQ(node = candidates.expand(), model.expand());
    EXPECT_EQ(candidates.upcoming(), kNoNode);
  }
}

TEST(Candidates, OrderAllNumbers) {
  const std::vector<float> ascending = {-std::numeric_limits<float>::infinity(),
                                        -1e30F,
                                        -1,
                                        -std::numeric_limits<float>::denorm_min(),
                                        0,
                                        std::numeric_limits<float>::denorm_min(),
                                        1,
                                        1e30F,
                                        std::numeric_limits<float>::infinity()};
  Candidates candidates;
  candidates.start(ascending.size());
  for (std::size_t i = ascending.size(); i-- > 0;)
    candidates.offer(ascending[i], static_cast<Node>(i));
  for (std::size_t i = 0; i < ascending.size(); ++i)
    EXPECT_EQ(candidates[i], (Near{ascending[i], static_cast<Node>(i)}));
}

}  // namespace
}  // namespace kindred::index
