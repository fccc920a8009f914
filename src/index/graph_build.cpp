#include "index/graph_build.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace kindred::index {
namespace {

constexpr std::size_t kShare = 50;
/// Below this a batch doubles what is there: a few nodes find each other all the same, later.
constexpr std::size_t kSmall = 64;

}  // namespace

std::size_t batch_size(std::size_t there, std::size_t left) {
  return std::clamp<std::size_t>(
      there, 1, std::clamp<std::size_t>(std::max(there / kShare, kSmall), 1, left));
}

void build_graph(Graph& graph, std::size_t size, const LinkingRule& rule,
                 const FindEntries& find_entries, std::span<UpdateScratch> scratch) {
  std::vector<Node> nodes;
  for (std::size_t done = 0; done < size;) {
    nodes.resize(batch_size(done, size - done));
    std::iota(nodes.begin(), nodes.end(), static_cast<Node>(done));
    done += nodes.size();
    graph.publish(done);
    insert(graph, nodes, rule, find_entries, scratch);
  }
}

}  // namespace kindred::index
