#include "index/code_scan.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace kindred::index {
namespace {

/// Nodes whose codes are read together, and asked for while those before are measured.
constexpr std::size_t kBlock = 32;

struct Block {
  std::array<const std::uint8_t*, kBlock> codes;
  std::span<const Node> nodes;

  void fetch(const Graph& graph, std::span<const Node> some) {
    nodes = some;
    for (std::size_t i = 0; i < some.size(); ++i) {
      codes[i] = graph.code(some[i]);
      for (std::size_t at = 0; at < graph.code_bytes(); at += simd::kCodeBlock)
        __builtin_prefetch(codes[i] + at);
      __builtin_prefetch(&graph.scale(some[i]));
    }
  }
};

}  // namespace

bool scan_codes(const Graph& graph, std::span<const Node> nodes,
                std::span<const quantize::CodeQuery> queries, std::span<Candidates> found) {
  assert(queries.size() == found.size());
  const simd::CodeKernel kernel = graph.codec().kernel();
  std::array<std::int32_t, kBlock> products;
  Block current;
  Block upcoming;
  const auto block_at = [&](std::size_t begin) {
    begin = std::min(begin, nodes.size());
    return nodes.subspan(begin, std::min(kBlock, nodes.size() - begin));
  };
  upcoming.fetch(graph, block_at(0));
  for (std::size_t begin = 0; begin < nodes.size(); begin += kBlock) {
    current = upcoming;
    upcoming.fetch(graph, block_at(begin + kBlock));
    if (!graph.always_sound() &&
        !std::ranges::all_of(current.nodes, [&](Node node) { return graph.sound(node); }))
      return false;
    const std::size_t count = current.nodes.size();
    for (std::size_t query = 0; query < queries.size(); ++query) {
      kernel(queries[query].values.data(), current.codes.data(), count, graph.code_blocks(),
             products.data());
      for (std::size_t i = 0; i < count; ++i) {
        const float nearness = queries[query].nearness(products[i], graph.scale(current.nodes[i]));
        if (!found[query].full() || nearness <= found[query].worst())
          found[query].offer(nearness, current.nodes[i]);
      }
    }
  }
  return true;
}

}  // namespace kindred::index
