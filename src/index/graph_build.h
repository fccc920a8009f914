/// Links all nodes of a layer: batches of graph_update.h's insert() that double in size, up to a
/// fiftieth of what is there, so that a batch never misses much by not seeing itself.
///
/// Thread safety: the graph is the caller's alone. Cost: a walk of `ef_construction` and a
/// selection a node; on all threads.
#pragma once

#include <cstddef>
#include <span>

#include "index/graph.h"
#include "index/graph_update.h"

namespace kindred::index {

/// How many nodes the next batch has, where `there` are linked and `left` are not.
std::size_t batch_size(std::size_t there, std::size_t left);

/// The codes of nodes [0, size) are there, none is published. On return all are, and are alive.
void build_graph(Graph& graph, std::size_t size, const LinkingRule& rule,
                 const FindEntries& find_entries, std::span<UpdateScratch> scratch);

}  // namespace kindred::index
