#include "index/graph_build.h"

#include <algorithm>
#include <tuple>

#include "base/thread_pool.h"

namespace kindred::index {
namespace {

/// A link back: `from` chose `to`.
struct Back {
  Node to;
  Node from;
  auto operator<=>(const Back&) const = default;
};

struct Scratch {
  quantize::CodeQuery query;
  std::vector<Node> entries;
  Walk walk;
  std::vector<Near> near;
  std::vector<Node> nodes;
  Selector selector;
  Surroundings surroundings;
};

/// What a new node links to.
std::vector<Node> choose(const Graph& graph, Node node, const BuildRule& rule,
                         const FindEntries& find_entries, std::size_t worker, Scratch& scratch) {
  graph.codec().query(graph.code(node), graph.scale(node), scratch.query);
  find_entries(scratch.query, worker, scratch.entries);
  std::erase_if(scratch.entries, [&](Node entry) { return entry >= graph.size(); });
  if (scratch.entries.empty()) scratch.entries.push_back(0);
  scratch.walk.start(graph, scratch.query, rule.ef_construction, scratch.entries);
  scratch.walk.run();
  scratch.near.clear();
  const Candidates& found = scratch.walk.found();
  for (std::size_t i = 0; i < found.size(); ++i)
    scratch.near.push_back({found[i].nearness + scratch.query.norm, found[i].node});
  const auto chosen = scratch.selector.select(
      graph, scratch.near, {.most = std::min(rule.new_links, graph.degree()), .alpha = rule.alpha});
  return {chosen.begin(), chosen.end()};
}

/// Adds the links back to one node.
void link_back(Graph& graph, std::span<const Back> backs, const BuildRule& rule, Scratch& scratch) {
  const Node base = backs.front().to;
  scratch.nodes.clear();
  for (const Link& link : graph.links(base)) {
    const Node node = link.load(std::memory_order_relaxed);
    if (node == kNoNode) break;
    scratch.nodes.push_back(node);
  }
  for (const Back& back : backs) scratch.nodes.push_back(back.from);
  if (scratch.nodes.size() <= graph.degree()) {
    graph.set_links(base, scratch.nodes);
    return;
  }
  const auto near = scratch.surroundings.measure(graph, base, scratch.nodes);
  graph.set_links(
      base, scratch.selector.select(
                graph, near, {.most = links_after_overflow(graph.degree()), .alpha = rule.alpha}));
}

}  // namespace

void build_graph(Graph& graph, std::size_t size, const BuildRule& rule,
                 const FindEntries& find_entries) {
  if (size == 0) return;
  graph.publish(1);
  std::vector<Scratch> scratch(threads());
  std::vector<std::vector<Node>> chosen;
  std::vector<Back> backs;
  std::vector<std::size_t> starts;
  const std::size_t most_at_once = std::max<std::size_t>(size / 50, 64);
  for (std::size_t done = 1; done < size;) {
    const std::size_t batch = std::min({done, most_at_once, size - done});
    chosen.resize(batch);
    base::parallel_for(
        batch,
        [&](std::size_t item, std::size_t worker) {
          chosen[item] = choose(graph, static_cast<Node>(done + item), rule, find_entries, worker,
                                scratch[worker]);
        },
        scratch.size());
    backs.clear();
    for (std::size_t item = 0; item < batch; ++item) {
      const Node node = static_cast<Node>(done + item);
      graph.set_links(node, chosen[item]);
      for (const Node to : chosen[item]) backs.push_back({to, node});
    }
    std::sort(backs.begin(), backs.end());
    starts.clear();
    for (std::size_t i = 0; i < backs.size(); ++i)
      if (i == 0 || backs[i].to != backs[i - 1].to) starts.push_back(i);
    starts.push_back(backs.size());
    done += batch;
    graph.publish(done);
    base::parallel_for(
        starts.size() - 1,
        [&](std::size_t item, std::size_t worker) {
          link_back(graph, std::span(backs).subspan(starts[item], starts[item + 1] - starts[item]),
                    rule, scratch[worker]);
        },
        scratch.size());
  }
  for (std::size_t node = 0; node < size; ++node) graph.set_alive(static_cast<Node>(node), true);
}

}  // namespace kindred::index
