/// Nodes into and out of a graph that others walk through meanwhile.
///
/// insert() takes a batch of nodes (Manohar et al., "ParlayANN: Scalable and deterministic parallel
/// graph-based approximate nearest neighbor search algorithms", PPoPP 2024): each walks through the
/// graph as it was before the batch and chooses its links, on all threads; then the links back are
/// added, gathered by the node that they start from and in the order of nodes, so that each list is
/// changed by one thread, in one way. The result is the same whatever the number of threads, as
/// long as nobody else changes the graph. A batch of one is algorithm 1 of the HNSW paper for one
/// layer.
///
/// remove() takes a node's place in the lists that lead to it: each gets the removed node's own
/// neighbours to choose from, so that the ways that led through it lead past it (as in Xu et al.,
/// "In-place updates of a graph index for streaming approximate nearest neighbor search", 2025).
/// The lists near the node are found by a walk towards it; those further away by sweep(), which
/// goes through all lists once for many removed nodes.
///
/// A node goes through alive -> dead (remove) -> swept -> absent. Between these steps every reader
/// that might have the node in view must have gone (base/epochs.h): before sweep(), since an insert
/// under way may still link to it; after sweep(), since a walk under way may still read it.
///
/// Thread safety: any number of inserts and removes of different nodes at once, beside walks; each
/// caller holds a guard. One sweep at a time. Cost: insert and remove, about a walk of
/// ef_construction a node; sweep, the reading of all links.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "index/graph.h"
#include "index/select_links.h"
#include "index/walk.h"
#include "quantize/codec.h"

namespace kindred::index {

struct LinkingRule {
  std::size_t ef_construction = 200;
  std::size_t new_links = 32;  ///< what a new node chooses at most
  float alpha = 1.1F;          ///< select_links.h
};

/// Memory of one thread that changes a graph.
struct UpdateScratch {
  quantize::CodeQuery query;
  std::vector<Node> entries;
  Walk walk;
  std::vector<Near> near;
  std::vector<Node> nodes;
  std::vector<Node> around;
  Selector selector;
  Surroundings surroundings;
};

/// Where a walk for `query` may start: fills `entries` with nodes of the graph. `worker` indexes
/// scratch memory, as in base/thread_pool.h.
using FindEntries = std::function<void(const quantize::CodeQuery& query, std::size_t worker,
                                       std::vector<Node>& entries)>;

/// Links nodes whose codes are there and which are published, and makes them alive. scratch: one
/// for each worker. Entries that are not linked yet do no harm.
void insert(Graph& graph, std::span<const Node> nodes, const LinkingRule& rule,
            const FindEntries& find_entries, std::span<UpdateScratch> scratch);

/// Takes a node, which is dead already, out of the lists near it. entries: where a walk towards it
/// may start.
void remove(Graph& graph, Node node, std::span<const Node> entries, const LinkingRule& rule,
            UpdateScratch& scratch);

/// Takes the nodes for which `swept` is true, all dead, out of every list.
void sweep(Graph& graph, const std::function<bool(Node)>& swept, const LinkingRule& rule,
           UpdateScratch& scratch);

}  // namespace kindred::index
