#include "index/graph_update.h"

#include <algorithm>
#include <mutex>

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
void choose_again(Graph& graph, Node base, std::size_t most, const BuildRule& rule,
                  UpdateScratch& scratch) {
  const auto near = scratch.surroundings.measure(graph, base, scratch.nodes);
  graph.set_links(base, scratch.selector.select(graph, near, {.most = most, .alpha = rule.alpha}));
}

/// In place of `base`'s links that `gone` names: a choice among the others and the neighbours of
/// those. Nothing where there is no such link.
template <typename Gone>
void lead_past(Graph& graph, Node base, const Gone& gone, const BuildRule& rule,
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

}  // namespace

void insert(Graph& graph, Node node, std::span<const Node> entries, const BuildRule& rule,
            UpdateScratch& scratch) {
  graph.codec().query(graph.code(node), graph.scale(node), scratch.query);
  scratch.walk.start(graph, scratch.query, rule.ef_construction, entries);
  scratch.walk.run();
  scratch.near.clear();
  const Candidates& found = scratch.walk.found();
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i].node != node && graph.alive(found[i].node))
      scratch.near.push_back({found[i].nearness + scratch.query.norm, found[i].node});
  const auto chosen = scratch.selector.select(
      graph, scratch.near, {.most = std::min(rule.new_links, graph.degree()), .alpha = rule.alpha});
  const std::vector<Node> links(chosen.begin(), chosen.end());
  {
    const std::lock_guard lock(graph.lock_of(node));
    graph.set_links(node, links);
  }
  graph.set_alive(node, true);
  for (const Node to : links) {
    const std::lock_guard lock(graph.lock_of(to));
    read_links(graph, to, scratch.nodes);
    if (std::ranges::find(scratch.nodes, node) != scratch.nodes.end()) continue;
    if (scratch.nodes.size() < graph.degree()) {
      graph.add_link(to, node);
      continue;
    }
    scratch.nodes.push_back(node);
    choose_again(graph, to, links_after_overflow(graph.degree()), rule, scratch);
  }
}

void remove(Graph& graph, Node node, std::span<const Node> entries, const BuildRule& rule,
            UpdateScratch& scratch) {
  graph.codec().query(graph.code(node), graph.scale(node), scratch.query);
  scratch.walk.start(graph, scratch.query, rule.ef_construction, entries);
  scratch.walk.run();
  const Candidates& found = scratch.walk.found();
  const auto gone = [node](Node other) { return other == node; };
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i].node != node) lead_past(graph, found[i].node, gone, rule, scratch);
}

void sweep(Graph& graph, const std::function<bool(Node)>& swept, const BuildRule& rule,
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
