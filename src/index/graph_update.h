/// Single nodes into and out of a graph that others walk through meanwhile.
///
/// insert() is algorithm 1 of the HNSW paper for one layer. remove() takes a node's place in the
/// lists that lead to it: each gets the removed node's own neighbours to choose from, so that the
/// ways that led through it lead past it (as in Xu et al., "In-place updates of a graph index for
/// streaming approximate nearest neighbor search", 2025). The lists near the node are found by a
/// walk towards it; those further away by sweep(), which goes through all lists once for many
/// removed nodes.
///
/// A node goes through alive -> dead (remove) -> swept -> absent. Between these steps every reader
/// that might have the node in view must have gone (base/epochs.h): before sweep(), since an insert
/// under way may still link to it; after sweep(), since a walk under way may still read it.
///
/// Thread safety: any number of inserts and removes of different nodes at once, beside walks; each
/// caller holds a guard. One sweep at a time. Cost: insert and remove, about a walk of
/// ef_construction; sweep, the reading of all links.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "index/graph.h"
#include "index/graph_build.h"
#include "index/select_links.h"
#include "index/walk.h"
#include "quantize/codec.h"

namespace kindred::index {

/// Memory of one thread that changes a graph.
struct UpdateScratch {
  quantize::CodeQuery query;
  Walk walk;
  std::vector<Near> near;
  std::vector<Node> nodes;
  std::vector<Node> around;
  Selector selector;
  Surroundings surroundings;
};

/// Links a node whose code is there and which is published, and makes it alive.
void insert(Graph& graph, Node node, std::span<const Node> entries, const BuildRule& rule,
            UpdateScratch& scratch);

/// Takes a node, which is dead already, out of the lists near it.
void remove(Graph& graph, Node node, std::span<const Node> entries, const BuildRule& rule,
            UpdateScratch& scratch);

/// Takes the nodes for which `swept` is true, all dead, out of every list.
void sweep(Graph& graph, const std::function<bool(Node)>& swept, const BuildRule& rule,
           UpdateScratch& scratch);

}  // namespace kindred::index
