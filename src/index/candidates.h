/// The best nodes that a walk through a graph has met so far: sorted, at most `ef` of them, each
/// either expanded (its links were followed) or not yet.
///
/// The order is total: by nearness, then by node, so that a walk is the same every time. An entry
/// is one 64-bit number that sorts that way: the nearness, its bits turned so that they order as
/// unsigned numbers, then the node, then the mark "expanded". A sorted array of those beats two
/// heaps up to several hundred entries: an insertion is one short loop over a few cache lines, and
/// the next node to expand is found without a search.
///
/// Thread safety: one thread at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kindred::index {

/// A vector's place in a graph. Below 2^31.
using Node = std::uint32_t;
inline constexpr Node kNoNode = 0xffffffff;

/// A node and how near it is: the smaller, the nearer (quantize/codec.h).
struct Near {
  float nearness = 0;
  Node node = kNoNode;
  auto operator<=>(const Near&) const = default;
};

class Candidates {
 public:
  /// Empties it for a walk that keeps `ef` nodes, at least 1.
  void start(std::size_t ef) {
    if (entries_.size() < ef + 1) entries_.resize(ef + 1);
    ef_ = ef;
    size_ = next_ = 0;
  }

  std::size_t size() const { return size_; }
  bool full() const { return size_ == ef_; }
  /// How near the last one is; there is one.
  float worst() const { return near_of(entries_[size_ - 1]).nearness; }

  /// Puts a node in its place, if it is among the best `ef`. A node must not be offered twice.
  void offer(float nearness, Node node) {
    const std::uint64_t entry = entry_of(nearness, node);
    if (size_ == ef_) {
      if (entry >= entries_[size_ - 1]) return;
    } else {
      ++size_;
    }
    // The last entry, which falls out, or the free place.
    std::size_t place = size_ - 1;
    for (; place > 0 && entries_[place - 1] > entry; --place) entries_[place] = entries_[place - 1];
    entries_[place] = entry;
    next_ = std::min(next_, place);
  }

  /// The nearest node that was not expanded, which now is; kNoNode where all are.
  Node expand() {
    while (next_ < size_ && (entries_[next_] & kExpanded) != 0) ++next_;
    if (next_ == size_) return kNoNode;
    return node_of(entries_[next_++] |= kExpanded);
  }

  /// What expand() would give, if nothing nearer comes until then.
  Node upcoming() const {
    for (std::size_t i = next_; i < size_; ++i)
      if ((entries_[i] & kExpanded) == 0) return node_of(entries_[i]);
    return kNoNode;
  }

  /// Number i, nearest first.
  Near operator[](std::size_t i) const { return near_of(entries_[i]); }

 private:
  static constexpr std::uint64_t kExpanded = 1;
  static constexpr std::uint32_t kSign = 0x80000000;

  static std::uint64_t entry_of(float nearness, Node node) {
    const auto bits = std::bit_cast<std::uint32_t>(nearness);
    const std::uint32_t ordered = bits ^ ((bits & kSign) != 0 ? 0xffffffff : kSign);
    return std::uint64_t{ordered} << 32 | node << 1;
  }
  static Node node_of(std::uint64_t entry) { return static_cast<Node>(entry) >> 1; }
  static Near near_of(std::uint64_t entry) {
    const auto ordered = static_cast<std::uint32_t>(entry >> 32);
    const std::uint32_t bits = ordered ^ ((ordered & kSign) != 0 ? kSign : 0xffffffff);
    return {std::bit_cast<float>(bits), node_of(entry)};
  }

  std::vector<std::uint64_t> entries_;
  std::size_t ef_ = 0;
  std::size_t size_ = 0;
  std::size_t next_ = 0;  ///< all entries before it are expanded
};

}  // namespace kindred::index
