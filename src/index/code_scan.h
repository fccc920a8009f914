/// The nearest of a list of nodes, by their codes: what a filtered search does where too few pass
/// for a walk to find its way and too many to score every row.
///
/// Several queries share the nodes while their codes are in the cache. Cost: nodes x queries codes,
/// read in the order of memory, which is several times faster than a walk reads them.
#pragma once

#include <span>

#include "index/candidates.h"
#include "index/graph.h"
#include "quantize/codec.h"

namespace kindred::index {

/// nodes: of the graph, ascending. found: one a query, started (their size says how many nodes are
/// kept). False where a node is not sound (graph.h): then nothing that was found is to be trusted.
bool scan_codes(const Graph& graph, std::span<const Node> nodes,
                std::span<const quantize::CodeQuery> queries, std::span<Candidates> found);

}  // namespace kindred::index
