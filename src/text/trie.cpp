#include "text/trie.h"

#include <algorithm>
#include <deque>

namespace kindred::text {
namespace {

/// Places that are tried before the search for later nodes begins behind them: keeps building
/// linear on any strings, at the price of places that stay empty.
constexpr std::size_t kTries = 64;

/// Strings [first, last) share their first `depth` bytes, which lead to `state`.
struct Node {
  std::size_t first, last, depth;
  Trie::State state;
};

}  // namespace

Trie::Trie(std::vector<std::pair<std::string_view, std::int32_t>> strings)
    : units_(257), used_(257) {
  std::ranges::sort(strings);
  used_[0] = true;
  std::deque<Node> pending = {{0, strings.size(), 0, kRoot}};
  std::vector<unsigned char> bytes;
  while (!pending.empty()) {
    Node node = pending.front();
    pending.pop_front();
    if (node.first < node.last && strings[node.first].first.size() == node.depth) {
      units_[static_cast<std::size_t>(node.state)].value = strings[node.first].second;
      ++node.first;
    }
    bytes.clear();
    const auto byte_of = [&](std::size_t i) {
      return static_cast<unsigned char>(strings[i].first[node.depth]);
    };
    for (std::size_t i = node.first; i < node.last; ++i)
      if (bytes.empty() || bytes.back() != byte_of(i)) bytes.push_back(byte_of(i));
    if (bytes.empty()) continue;
    const std::int32_t base = place_for(bytes);
    units_[static_cast<std::size_t>(node.state)].base = base;
    std::size_t first = node.first;
    for (const unsigned char byte : bytes) {
      const State child = base + byte + 1;
      units_[static_cast<std::size_t>(child)].parent = node.state;
      used_[static_cast<std::size_t>(child)] = true;
      std::size_t last = first;
      while (last < node.last && byte_of(last) == byte) ++last;
      pending.push_back({first, last, node.depth + 1, child});
      first = last;
    }
  }
  used_ = {};
}

std::int32_t Trie::place_for(std::span<const unsigned char> bytes) {
  while (first_free_ < used_.size() && used_[first_free_]) ++first_free_;
  const std::size_t lowest = bytes.front() + 1U;
  std::size_t tries = 0;
  for (std::size_t place = std::max(first_free_, lowest);; ++place) {
    const std::size_t base = place - lowest;
    if (used_.size() < base + 257) {
      used_.resize(base + 257);
      units_.resize(base + 257);
    }
    if (used_[place]) continue;
    if (std::ranges::none_of(bytes, [&](unsigned char byte) { return used_[base + byte + 1]; }))
      return static_cast<std::int32_t>(base);
    if (++tries == kTries) first_free_ = std::max(first_free_, place);
  }
}

Trie::State Trie::walk(State state, std::string_view text) const {
  for (const char byte : text) {
    state = child(state, static_cast<unsigned char>(byte));
    if (state == kNone) break;
  }
  return state;
}

}  // namespace kindred::text
