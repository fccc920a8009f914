/// Links all nodes of a layer, on all threads, with one result whatever their number.
///
/// Nodes go in by batches that double in size up to a fiftieth of all (Manohar et al., "ParlayANN:
/// Scalable and deterministic parallel graph-based approximate nearest neighbor search algorithms",
/// PPoPP 2024). Each node of a batch walks through the graph as it was before the batch and chooses
/// its links; then the links back are added, gathered by the node that they start from and in
/// the order of nodes, so that each list is changed by one thread, in one way.
///
/// Cost: a walk of `ef_construction` and a selection a node.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "index/graph.h"
#include "index/select_links.h"
#include "index/walk.h"

namespace kindred::index {

struct BuildRule {
  std::size_t ef_construction = 200;
  std::size_t new_links = 32;  ///< what a new node chooses at most
  float alpha = 1.1F;
};

/// A list that overflows is cut to fewer than it may hold, so that the next links find room: to cut
/// it at each of them would take most of the time of a build.
inline std::size_t links_after_overflow(std::size_t degree) { return degree - degree / 8; }

/// Where a walk for `query` may start: fills `entries` with nodes of the graph. `worker` indexes
/// scratch memory, as in base/thread_pool.h.
using FindEntries = std::function<void(const quantize::CodeQuery& query, std::size_t worker,
                                       std::vector<Node>& entries)>;

/// The codes of nodes [0, size) are there, none is published. On return all are, and are alive.
/// Entries that are not linked yet are left out; node 0 stands in for them.
void build_graph(Graph& graph, std::size_t size, const BuildRule& rule,
                 const FindEntries& find_entries);

}  // namespace kindred::index
