#include "index/graph_update.h"

#include <algorithm>
#include <mutex>

#include "base/thread_pool.h"

namespace kindred::index {
namespace {

/// The list of a node, as it is now.
void read_links(const Graph& graph, Node node, std::vector<Node>& nodes) {
  nodes.clear();
  for (const Link& link : graph.links(node)) {
    const Node to = link.load(std::memory_order_acquire);
    if (to == kNoNode) break;
    nodes.push_back(to);
  }
}

void add_distinct(std::vector<Node>& nodes, Node node) {
  if (std::ranges::find(nodes, node) == nodes.end()) nodes.push_back(node);
}

/// Chooses the links of `base` among scratch.nodes. Under its lock.
void choose_again(Graph& graph, Node base, std::size_t most, const LinkingRule& rule,
                  UpdateScratch& scratch) {
  const auto near = scratch.surroundings.measure(graph, base, scratch.nodes);
  graph.set_links(base, scratch.selector.select(graph, near, {.most = most, .alpha = rule.alpha}));
}

/// In place of `base`'s links that `gone` names: a choice among the others and the neighbours of
/// those. Nothing where there is no such link.
template <typename Gone>
void lead_past(Graph& graph, Node base, const Gone& gone, const LinkingRule& rule,
               UpdateScratch& scratch) {
  const std::lock_guard lock(graph.lock_of(base));
  read_links(graph, base, scratch.nodes);
  const auto first_gone =
      std::ranges::stable_partition(scratch.nodes, [&](Node node) { return !gone(node); });
  if (first_gone.empty()) return;
  std::vector<Node>& past = scratch.around;
  past.assign(first_gone.begin(), first_gone.end());
  scratch.nodes.erase(first_gone.begin(), first_gone.end());
  const std::size_t kept = scratch.nodes.size();
  for (const Node node : past)
    for (const Link& link : graph.links(node)) {
      const Node next = link.load(std::memory_order_acquire);
      if (next == kNoNode) break;
      if (next != base && graph.alive(next) && !gone(next)) add_distinct(scratch.nodes, next);
    }
  if (scratch.nodes.size() == kept)
    graph.set_links(base, scratch.nodes);
  else
    choose_again(graph, base, graph.degree(), rule, scratch);
}

/// A list that overflows is cut to fewer than it may hold, so that the next links find room: to cut
/// it at each of them would take most of the time of a build.
std::size_t after_overflow(std::size_t degree) { return degree - degree / 8; }

/// A link back: `from` chose `to`.
struct Back {
  Node to;
  Node from;
  auto operator<=>(const Back&) const = default;
};

/// What a new node links to.
std::vector<Node> choose(const Graph& graph, Node node, const LinkingRule& rule,
                         const FindEntries& find_entries, std::size_t worker,
                         UpdateScratch& scratch) {
  graph.codec().query(graph.code(node), graph.scale(node), scratch.query);
  find_entries(scratch.query, worker, scratch.entries);
  scratch.walk.start(graph, scratch.query, rule.ef_construction, scratch.entries);
  scratch.walk.run();
  scratch.near.clear();
  const Candidates& found = scratch.walk.found();
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i].node != node && graph.alive(found[i].node))
      scratch.near.push_back({found[i].nearness + scratch.query.norm, found[i].node});
  const auto chosen = scratch.selector.select(
      graph, scratch.near, {.most = std::min(rule.new_links, graph.degree()), .alpha = rule.alpha});
  return {chosen.begin(), chosen.end()};
}

/// Adds the links back to one node.
void link_back(Graph& graph, std::span<const Back> backs, const LinkingRule& rule,
               UpdateScratch& scratch) {
  const Node base = backs.front().to;
  const std::lock_guard lock(graph.lock_of(base));
  read_links(graph, base, scratch.nodes);
  for (const Back& back : backs) add_distinct(scratch.nodes, back.from);
  if (scratch.nodes.size() <= graph.degree())
    graph.set_links(base, scratch.nodes);
  else
    choose_again(graph, base, after_overflow(graph.degree()), rule, scratch);
}

}  // namespace

void insert(Graph& graph, std::span<const Node> nodes, const LinkingRule& rule,
            const FindEntries& find_entries, std::span<UpdateScratch> scratch) {
  std::vector<std::vector<Node>> chosen(nodes.size());
  base::parallel_for(
      nodes.size(),
      [&](std::size_t item, std::size_t worker) {
        chosen[item] = choose(graph, nodes[item], rule, find_entries, worker, scratch[worker]);
      },
      scratch.size());
  std::vector<Back> backs;
  for (std::size_t item = 0; item < nodes.size(); ++item) {
    {
      const std::lock_guard lock(graph.lock_of(nodes[item]));
      graph.set_links(nodes[item], chosen[item]);
    }
    graph.set_alive(nodes[item], true);
    for (const Node to : chosen[item]) backs.push_back({to, nodes[item]});
  }
  std::sort(backs.begin(), backs.end());
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < backs.size(); ++i)
    if (i == 0 || backs[i].to != backs[i - 1].to) starts.push_back(i);
  if (starts.empty()) return;
  starts.push_back(backs.size());
  base::parallel_for(
      starts.size() - 1,
      [&](std::size_t item, std::size_t worker) {
        link_back(graph, std::span(backs).subspan(starts[item], starts[item + 1] - starts[item]),
                  rule, scratch[worker]);
      },
      scratch.size());
}

void remove(Graph& graph, Node node, std::span<const Node> entries, const LinkingRule& rule,
            UpdateScratch& scratch) {
  graph.codec().query(graph.code(node), graph.scale(node), scratch.query);
  scratch.walk.start(graph, scratch.query, rule.ef_construction, entries);
  scratch.walk.run();
  const Candidates& found = scratch.walk.found();
  const auto gone = [node](Node other) { return other == node; };
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i].node != node) lead_past(graph, found[i].node, gone, rule, scratch);
}

void sweep(Graph& graph, const std::function<bool(Node)>& swept, const LinkingRule& rule,
           UpdateScratch& scratch) {
  const std::size_t size = graph.size();
  for (std::size_t node = 0; node < size; ++node) {
    const Node base = static_cast<Node>(node);
    const bool leads_there = std::ranges::any_of(graph.links(base), [&](const Link& link) {
      const Node to = link.load(std::memory_order_acquire);
      return to != kNoNode && swept(to);
    });
    if (!leads_there) continue;
    if (graph.alive(base)) {
      lead_past(graph, base, swept, rule, scratch);
    } else {
      // Dead as well: it only has to let go.
      const std::lock_guard lock(graph.lock_of(base));
      read_links(graph, base, scratch.nodes);
      std::erase_if(scratch.nodes, swept);
      graph.set_links(base, scratch.nodes);
    }
  }
}

}  // namespace kindred::index
