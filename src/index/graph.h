/// One layer of a proximity graph: nodes with a code each, and at most `degree` links to others.
///
/// Codes (quantize/codec.h), the numbers beside them and links stand apart from each other in
/// arrays of fixed stride: a walk (walk.h) reads the links of the nodes that it expands and the
/// codes of the nodes that they lead to, and nothing else. Everything here works on codes alone;
/// the vectors themselves are the index's (hnsw.h).
///
/// A node is absent (its number is not given out), alive, or dead: dead nodes still lead elsewhere,
/// so that walks get past them, but are no result and get no new links, until nothing links to them
/// any more and the number can be given out again (graph_update.h).
///
/// Links are read without a lock while others change them. A list is its links in any order up to
/// the first kNoNode; a reader may see a list half changed, which costs it a neighbour, no more.
///
/// Thread safety: reading from any number of threads beside writers; who may write is said at each
/// function.
#pragma once

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "index/candidates.h"
#include "index/chunked_rows.h"
#include "quantize/codec.h"

namespace kindred::index {

using Link = std::atomic<Node>;
static_assert(sizeof(Link) == sizeof(Node) && Link::is_always_lock_free);

class Graph {
 public:
  /// The codec outlives the graph. degree: at least 2.
  Graph(const quantize::Codec& codec, std::size_t degree)
      : codec_(&codec),
        degree_(degree),
        code_bytes_(codec.code_bytes()),
        codes_(codec.code_bytes()),
        scales_(1),
        links_(degree),
        alive_(1) {
    assert(degree >= 2);
  }

  const quantize::Codec& codec() const { return *codec_; }
  std::size_t degree() const { return degree_; }
  /// The codec's, which is asked once.
  std::size_t code_bytes() const { return code_bytes_; }
  std::size_t code_blocks() const { return code_bytes_ / simd::kCodeBlock; }
  /// Nodes are below this. Those that are neither alive nor dead have no links to them.
  std::size_t size() const { return size_.load(std::memory_order_acquire); }
  /// Memory that the nodes take.
  std::size_t bytes() const {
    return size() * (code_bytes_ + sizeof(quantize::CodeScale) + degree_ * sizeof(Link) + 1);
  }

  const std::uint8_t* code(Node node) const { return codes_.row(node); }
  const quantize::CodeScale& scale(Node node) const { return *scales_.row(node); }
  std::span<const Link> links(Node node) const { return links_.values(node); }
  bool alive(Node node) const { return alive_.row(node)->load(std::memory_order_acquire); }

  /// Memory for `size` nodes: their codes and scales may be written, their links are none. One
  /// thread at a time.
  void reserve(std::size_t size) {
    codes_.grow(size);
    scales_.grow(size);
    alive_.grow(size);
    links_.grow(size);
    for (; reserved_ < size; ++reserved_) set_links(static_cast<Node>(reserved_), {});
  }
  /// Lets walks see the nodes below `size`, for which there is memory.
  void publish(std::size_t size) {
    assert(size <= reserved_);
    size_.store(size, std::memory_order_release);
  }

  /// The parts of a node that only its maker writes, before anything links to it.
  std::uint8_t* code(Node node) { return codes_.row(node); }
  quantize::CodeScale& scale(Node node) { return *scales_.row(node); }

  void set_alive(Node node, bool alive) {
    alive_.row(node)->store(alive, std::memory_order_release);
  }
  /// Replaces the list: `links` are at most `degree`. Under lock_of(node) beside other writers.
  void set_links(Node node, std::span<const Node> links) {
    assert(links.size() <= degree_);
    const std::span<Link> list = links_.values(node);
    for (std::size_t i = 0; i < degree_; ++i)
      list[i].store(i < links.size() ? links[i] : kNoNode, std::memory_order_release);
  }
  /// Adds a link where there is room. Under lock_of(node) beside other writers.
  bool add_link(Node node, Node to) {
    for (Link& link : links_.values(node))
      if (link.load(std::memory_order_relaxed) == kNoNode) {
        link.store(to, std::memory_order_release);
        return true;
      }
    return false;
  }
  /// For nodes of a mapped file: whether the bytes of a node are what was written. Asked before
  /// they are used, from any thread.
  using Sound = std::function<bool(Node)>;
  bool sound(Node node) const { return !sound_ || sound_(node); }
  bool always_sound() const { return !sound_; }

  /// What writers of a node's list hold.
  std::mutex& lock_of(Node node) { return locks_[node % kLocks]; }

  /// Codes, scales and links that stand in somebody's memory (a mapped file), all nodes alive.
  void borrow(const std::uint8_t* codes, const quantize::CodeScale* scales, const Node* links,
              std::size_t size, Sound sound) {
    sound_ = std::move(sound);
    codes_.borrow(codes, size);
    scales_.borrow(scales, size);
    // A Link is a Node that is read atomically.
    links_.borrow(reinterpret_cast<const Link*>(links), size);
    alive_.grow(size);
    for (std::size_t node = 0; node < size; ++node) set_alive(static_cast<Node>(node), true);
    reserved_ = size;
    publish(size);
  }

 private:
  static constexpr std::size_t kLocks = 256;

  const quantize::Codec* codec_;
  std::size_t degree_;
  std::size_t code_bytes_;
  std::size_t reserved_ = 0;
  std::atomic<std::size_t> size_{0};
  ChunkedRows<std::uint8_t> codes_;
  ChunkedRows<quantize::CodeScale> scales_;
  ChunkedRows<Link> links_;
  ChunkedRows<std::atomic<bool>> alive_;
  Sound sound_;
  std::vector<std::mutex> locks_{kLocks};
};

}  // namespace kindred::index
