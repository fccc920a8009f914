/// A walk through a graph towards a query: the search that everything else is made of.
///
/// Beam search (Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search
/// using hierarchical navigable small world graphs", 2018, algorithm 2): of the best `ef` nodes met
/// so far the nearest that was not yet expanded is expanded, until all are. A step has two halves,
/// so that several walks can take turns while the memory brings what they asked for:
///
///     walk.start(graph, query, ef, entries);
///     do walk.score(); while (walk.gather());
///
/// gather() expands one node and asks for the codes of its neighbours; score() measures them.
///
/// With a filter only nodes that pass are measured and kept; the links of a neighbour that does not
/// pass are followed in its place, so that the passing nodes stay connected as long as a few in a
/// hundred pass (after Patel et al., "ACORN: Performant and predicate-agnostic search over
/// vector embeddings and structured data", 2024).
///
/// A Walk owns its memory and is meant to be used again; a search of a size that it has seen
/// allocates nothing. Thread safety: one thread at a time; the graph may change meanwhile. Cost:
/// about as many codes read as ef times the links of a node that are new to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "index/candidates.h"
#include "index/graph.h"
#include "index/visited.h"
#include "quantize/codec.h"

namespace kindred::index {

class Walk {
 public:
  /// Which nodes a walk may find, and how hard a step looks for them: it follows the links of
  /// neighbours that don't pass until it has a share `enough` of the links of a node that do. Where
  /// half of all pass, those next to a node are enough.
  struct Filter {
    std::function<bool(Node)> passes;
    double enough = 1;
  };

  /// Graph, query and filter are kept by reference until the walk has ended. ef is at least 1;
  /// entries are nodes of the graph, whether they pass or not; nodes that come into being later are
  /// not seen. filter: null where all nodes pass.
  void start(const Graph& graph, const quantize::CodeQuery& query, std::size_t ef,
             std::span<const Node> entries, const Filter* filter = nullptr);
  /// False, and nothing is done, where the walk has ended.
  bool gather();
  void score();

  void run() {
    do score();
    while (gather());
  }

  /// The best nodes, nearest first. Entries and nodes that died are among them.
  const Candidates& found() const { return candidates_; }
  /// Whether it met a node that is not sound: then nothing that was found is to be trusted.
  bool met_damage() const { return damaged_; }
  /// How many codes were read, and how many nodes expanded.
  std::size_t measured() const { return measured_; }
  std::size_t expanded() const { return expanded_; }

 private:
  void gather_all(std::span<const Link> links);
  void gather_passing(std::span<const Link> links);

  const Graph* graph_ = nullptr;
  const quantize::CodeQuery* query_ = nullptr;
  const Filter* filter_ = nullptr;
  simd::CodeKernel kernel_ = nullptr;
  std::size_t limit_ = 0;  ///< nodes below this were there at the start
  Candidates candidates_;
  Visited visited_;
  bool damaged_ = false;
  std::size_t measured_ = 0;
  std::size_t expanded_ = 0;
  std::vector<Node> passing_;    ///< with a filter: what gather() found
  std::vector<Node> blocked_;    ///< and the neighbours that it looked past
  std::span<const Node> fresh_;  ///< what score() is to measure
  std::vector<const std::uint8_t*> codes_;
  std::vector<std::int32_t> products_;
};

}  // namespace kindred::index
