#include "index/walk.h"

#include <algorithm>

namespace kindred::index {
namespace {

constexpr std::size_t kLine = 64;

void fetch(const void* memory, std::size_t bytes) {
  const auto* begin = static_cast<const std::byte*>(memory);
  for (std::size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(begin + at);
}

}  // namespace

void Walk::start(const Graph& graph, const quantize::CodeQuery& query, std::size_t ef,
                 std::span<const Node> entries, const Filter* filter) {
  graph_ = &graph;
  query_ = &query;
  filter_ = filter;
  kernel_ = graph.codec().kernel();
  limit_ = graph.size();
  candidates_.start(ef);
  visited_.start(limit_);
  damaged_ = false;
  measured_ = expanded_ = 0;
  visited_.reserve(entries.size());
  for (const Node node : entries) visited_.add(node);
  fresh_ = visited_.since(0);
}

void Walk::gather_all(std::span<const Link> links) {
  visited_.reserve(links.size());
  const std::size_t before = visited_.count();
  for (const Link& link : links) {
    const Node node = link.load(std::memory_order_acquire);
    if (node >= limit_) {
      if (node == kNoNode) break;
      continue;
    }
    visited_.add(node);
  }
  fresh_ = visited_.since(before);
}

void Walk::gather_passing(std::span<const Link> links) {
  passing_.clear();
  blocked_.clear();
  gather_all(links);
  for (const Node node : fresh_) (filter_->passes(node) ? passing_ : blocked_).push_back(node);
  // Past those that don't pass, for want of enough that do.
  const auto enough = static_cast<std::size_t>(filter_->enough * static_cast<double>(links.size()));
  if (passing_.size() < enough)
    for (const Node node : blocked_)
      fetch(graph_->links(node).data(), graph_->degree() * sizeof(Link));
  for (const Node node : blocked_) {
    if (passing_.size() >= enough) break;
    damaged_ = damaged_ || !graph_->sound(node);
    gather_all(graph_->links(node));
    for (const Node next : fresh_)
      if (filter_->passes(next)) passing_.push_back(next);
  }
  fresh_ = passing_;
}

bool Walk::gather() {
  const Node node = candidates_.expand();
  if (node == kNoNode || damaged_) return false;
  ++expanded_;
  if (filter_ == nullptr)
    gather_all(graph_->links(node));
  else
    gather_passing(graph_->links(node));
  for (const Node fresh : fresh_) {
    fetch(graph_->code(fresh), graph_->code_bytes());
    __builtin_prefetch(&graph_->scale(fresh));
  }
  // Most often the next one to be expanded.
  if (const Node upcoming = candidates_.upcoming(); upcoming != kNoNode)
    fetch(graph_->links(upcoming).data(), graph_->degree() * sizeof(Link));
  return true;
}

void Walk::score() {
  const std::size_t count = fresh_.size();
  if (codes_.size() < count) {
    codes_.resize(2 * count);
    products_.resize(2 * count);
  }
  for (std::size_t i = 0; i < count; ++i) codes_[i] = graph_->code(fresh_[i]);
  if (!graph_->always_sound())
    for (const Node node : fresh_) damaged_ = damaged_ || !graph_->sound(node);
  kernel_(query_->values.data(), codes_.data(), count, graph_->code_blocks(), products_.data());
  measured_ += count;
  for (std::size_t i = 0; i < count; ++i) {
    const float nearness = query_->nearness(products_[i], graph_->scale(fresh_[i]));
    if (!candidates_.full() || nearness <= candidates_.worst())
      candidates_.offer(nearness, fresh_[i]);
  }
}

}  // namespace kindred::index
