#include "index/layers.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/random.h"
#include "index/graph_build.h"
#include "kindred/threads.h"

namespace kindred::index {
namespace {

/// A layer of at most this many nodes is looked at whole: about the price of a walk through it.
constexpr std::size_t kSmall = 256;
/// Nodes that are followed down from a layer.
constexpr std::size_t kWidth = 1;
/// Nodes measured by one call of the kernel.
constexpr std::size_t kTogether = 64;

}  // namespace

Layers::Layers(const quantize::Codec& codec, std::size_t degree, std::uint64_t seed) : seed_(seed) {
  for (std::size_t i = 0; i < kMost; ++i) layers_.push_back(std::make_unique<Layer>(codec, degree));
}

std::size_t Layers::highest(std::uint64_t id) const {
  const std::uint64_t random = base::Random(seed_ ^ (id * 0x9e3779b97f4a7c15)).next();
  return std::min<std::size_t>(std::countr_zero(random) / kShareBits, kMost - 1);
}

std::size_t Layers::bytes() const {
  std::size_t bytes = 0;
  for (const auto& layer : layers_) bytes += layer->graph.bytes();
  for (std::size_t i = 1; i < kMost; ++i) bytes += layers_[i]->graph.size() * sizeof(Node);
  return bytes;
}

/// The nearest living node among the first most_nodes of the graph.
bool Layers::look_at_all(const Graph& graph, const quantize::CodeQuery& query,
                         std::size_t most_nodes, Descent& descent,
                         std::vector<Node>& entries) const {
  const std::size_t size = graph.size();
  descent.codes.resize(kTogether);
  descent.nodes.resize(kTogether);
  descent.products.resize(kTogether);
  Near nearest;
  std::size_t looked_at = 0;
  std::size_t count = 0;
  const auto measure = [&] {
    graph.codec().kernel()(query.values.data(), descent.codes.data(), count, graph.codec().blocks(),
                           descent.products.data());
    for (std::size_t i = 0; i < count; ++i) {
      const Near near{query.nearness(descent.products[i], graph.scale(descent.nodes[i])),
                      descent.nodes[i]};
      if (nearest.node == kNoNode || near < nearest) nearest = near;
    }
    looked_at += count;
    count = 0;
  };
  for (std::size_t node = 0; node < size && looked_at + count < most_nodes; ++node) {
    if (!graph.alive(static_cast<Node>(node))) continue;
    descent.damaged = descent.damaged || !graph.sound(static_cast<Node>(node));
    descent.nodes[count] = static_cast<Node>(node);
    descent.codes[count] = graph.code(static_cast<Node>(node));
    if (++count == kTogether) measure();
  }
  measure();
  entries.clear();
  if (nearest.node != kNoNode) entries.push_back(nearest.node);
  return !entries.empty();
}

void Layers::find_entries(const quantize::CodeQuery& query, std::size_t layer, Descent& descent,
                          std::vector<Node>& entries) const {
  descent.damaged = false;
  entries.clear();
  // The lowest layer above that is small; or the highest that has anyone.
  std::size_t from = layer + 1;
  while (from < kMost && layers_[from]->graph.size() > kSmall) ++from;
  if (from == kMost) --from;
  while (from > layer && !look_at_all(layers_[from]->graph, query, kSmall, descent, entries))
    --from;
  for (; from > layer; --from) {
    const Layer& current = *layers_[from];
    descent.above = entries;
    descent.walk.start(current.graph, query, kWidth, descent.above);
    descent.walk.run();
    descent.damaged = descent.damaged || descent.walk.met_damage();
    const std::size_t below_size = layers_[from - 1]->graph.size();
    entries.clear();
    const Candidates& found = descent.walk.found();
    for (std::size_t i = 0; i < found.size(); ++i)
      if (current.graph.alive(found[i].node)) {
        const Node below = current.below.row(found[i].node)->load(std::memory_order_acquire);
        if (below < below_size) entries.push_back(below);
      }
    // All of them died meanwhile.
    if (entries.empty()) look_at_all(layers_[from - 1]->graph, query, kSmall, descent, entries);
  }
  if (entries.empty()) look_at_all(layers_[layer]->graph, query, kSmall, descent, entries);
}

void Layers::build(std::span<const std::size_t> counts, const LinkingRule& rule) {
  std::vector<UpdateScratch> scratch(threads());
  std::vector<Descent> descents(scratch.size());
  for (std::size_t i = counts.size(); i-- > 0;) {
    Layer& current = *layers_[i];
    if (i > 0) {
      current.graph.reserve(counts[i]);
      current.below.grow(counts[i]);
      for (std::size_t n = 0; n < counts[i]; ++n) {
        const Node node = static_cast<Node>(n);
        std::memcpy(current.graph.code(node), bottom().code(node), bottom().codec().code_bytes());
        current.graph.scale(node) = bottom().scale(node);
        current.below.row(node)->store(node, std::memory_order_relaxed);
        current.node_above[node] = node;
      }
    }
    const auto entries_of = [&](const quantize::CodeQuery& query, std::size_t worker,
                                std::vector<Node>& entries) {
      find_entries(query, i, descents[worker], entries);
      // What is above may not have been linked here yet.
      std::erase_if(entries, [&](Node node) { return !current.graph.alive(node); });
      if (entries.empty() && current.graph.alive(0)) entries.push_back(0);
    };
    build_graph(current.graph, counts[i], rule, entries_of, scratch);
  }
}

Node Layers::allocate(std::size_t layer) {
  Layer& current = *layers_[layer];
  const std::lock_guard lock(current.mutex);
  if (!current.free.empty()) {
    const Node node = current.free.back();
    current.free.pop_back();
    return node;
  }
  const std::size_t size = current.graph.size();
  if (size == ChunkedRows<Link>::kMostRows) return kNoNode;
  if (layer > 0) current.below.grow(size + 1);
  current.graph.reserve(size + 1);
  current.graph.publish(size + 1);
  return static_cast<Node>(size);
}

Node Layers::raise(std::size_t layer, Node node) {
  const Node above = allocate(layer + 1);
  if (above == kNoNode) return above;
  const Graph& from = layers_[layer]->graph;
  Layer& to = *layers_[layer + 1];
  std::memcpy(to.graph.code(above), from.code(node), from.codec().code_bytes());
  to.graph.scale(above) = from.scale(node);
  to.below.row(above)->store(node, std::memory_order_release);
  const std::lock_guard lock(to.mutex);
  to.node_above[node] = above;
  return above;
}

Node Layers::lower(std::size_t layer, Node node) {
  Layer& above = *layers_[layer + 1];
  const std::lock_guard lock(above.mutex);
  const auto found = above.node_above.find(node);
  if (found == above.node_above.end()) return kNoNode;
  const Node raised = found->second;
  above.node_above.erase(found);
  return raised;
}

void Layers::release(std::size_t layer, Node node) {
  Layer& current = *layers_[layer];
  const std::lock_guard lock(current.mutex);
  current.graph.set_links(node, {});
  current.free.push_back(node);
}

}  // namespace kindred::index
