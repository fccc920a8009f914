#include "index/select_links.h"

#include <algorithm>

namespace kindred::index {

std::span<const Node> Selector::select(const Graph& graph, std::span<const Near> candidates,
                                       const LinkRule& rule) {
  const quantize::Codec& codec = graph.codec();
  const simd::CodeKernel kernel = codec.kernel();
  chosen_.clear();
  left_out_.clear();
  rest_.assign(candidates.begin(), candidates.end());
  codes_.resize(rest_.size());
  products_.resize(rest_.size());
  std::size_t begin = 0;
  std::size_t end = rest_.size();
  while (begin < end) {
    const Node node = rest_[begin++].node;
    chosen_.push_back(node);
    if (chosen_.size() == rule.most) break;
    // What is left loses those that this one leads closer to.
    codec.query(graph.code(node), graph.scale(node), query_);
    const std::size_t count = end - begin;
    for (std::size_t i = 0; i < count; ++i) codes_[i] = graph.code(rest_[begin + i].node);
    kernel(query_.values.data(), codes_.data(), count, codec.blocks(), products_.data());
    std::size_t kept = begin;
    for (std::size_t i = 0; i < count; ++i) {
      const Near& candidate = rest_[begin + i];
      const float between =
          query_.nearness(products_[i], graph.scale(candidate.node)) + query_.norm;
      if (rule.alpha * between > candidate.nearness)
        rest_[kept++] = candidate;
      else if (left_out_.size() < rule.fill)
        left_out_.push_back(candidate.node);
    }
    end = kept;
  }
  for (const Node node : left_out_) {
    if (chosen_.size() >= std::min(rule.fill, rule.most)) break;
    chosen_.push_back(node);
  }
  return chosen_;
}

std::span<const Near> Surroundings::measure(const Graph& graph, Node base,
                                            std::span<const Node> nodes) {
  const quantize::Codec& codec = graph.codec();
  codec.query(graph.code(base), graph.scale(base), query_);
  near_.resize(nodes.size());
  codes_.resize(nodes.size());
  products_.resize(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) codes_[i] = graph.code(nodes[i]);
  codec.kernel()(query_.values.data(), codes_.data(), nodes.size(), codec.blocks(),
                 products_.data());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    near_[i] = {query_.nearness(products_[i], graph.scale(nodes[i])) + query_.norm, nodes[i]};
  std::sort(near_.begin(), near_.end());
  return near_;
}

}  // namespace kindred::index
