#include "text/trie.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <span>

namespace kindred::text {
namespace {

constexpr std::size_t kBlock = 256;
/// The base of states that have no children: the builder gives it to nobody else.
constexpr std::uint32_t kChildless = 1;

/// Strings [first, last) share the bytes that lead to the unit at `place`.
struct Node {
  std::uint32_t first, last, place;
};

/// A string, and its eight bytes from the last multiple of eight below the depth where the builder
/// is, the first one highest: so that most steps need no look at the string itself.
struct Item {
  std::uint64_t ahead;
  const char* bytes;
  std::uint32_t size;
  std::uint32_t value;

  unsigned char byte(std::size_t depth) const {
    return static_cast<unsigned char>(ahead >> (56 - 8 * (depth % 8)));
  }
  void look_ahead(std::size_t depth) {
    std::uint64_t next = 0;
    if (size >= depth + 8) {
      std::memcpy(&next, bytes + depth, 8);
      if constexpr (std::endian::native == std::endian::little) next = __builtin_bswap64(next);
    } else {
      for (std::size_t i = depth; i < size; ++i)
        next |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (56 - 8 * (i - depth));
    }
    ahead = next;
  }
};

/// Sorts by the byte at `depth`. Most nodes have few strings; those at the top have many.
void sort_by_byte(std::span<Item> items, std::size_t depth, std::vector<Item>& spare) {
  if (items.size() <= 32) {
    for (std::size_t i = 1; i < items.size(); ++i) {
      const Item item = items[i];
      std::size_t to = i;
      for (; to > 0 && items[to - 1].byte(depth) > item.byte(depth); --to)
        items[to] = items[to - 1];
      items[to] = item;
    }
    return;
  }
  std::array<std::uint32_t, 257> starts{};
  for (const Item& item : items) ++starts[item.byte(depth) + 1U];
  if (starts[items.front().byte(depth) + 1U] == items.size()) return;
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  spare.assign(items.begin(), items.end());
  for (const Item& item : spare) items[starts[item.byte(depth)]++] = item;
}

}  // namespace

/// Finds places for the children of a state. A few blocks are open at a time: one that stays
/// unlucky is closed with some of its places empty, which keeps building linear on any strings.
class Trie::Places {
 public:
  explicit Places(std::vector<State>& units) : units_(units) {}

  /// A base of its own for a state with children by `bytes` (ascending, not empty).
  std::uint32_t take(std::span<const unsigned char> bytes) {
    for (std::size_t i = 0; i < open_.size(); ++i) {
      Block& block = open_[i];
      if (block.free_count >= bytes.size())
        if (const int base = fit(block, bytes); base >= 0) return taken(block, base, bytes);
      if (++block.misses > kMisses) open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i--));
    }
    open_.push_back({.number = static_cast<std::uint32_t>(units_.size() / kBlock)});
    units_.resize(units_.size() + kBlock);
    open_.back().free.fill(~std::uint64_t{0});
    return taken(open_.back(), fit(open_.back(), bytes), bytes);
  }

 private:
  static constexpr std::uint32_t kMisses = 24;
  struct Block {
    std::uint32_t number = 0;
    std::uint32_t misses = 0;  // in a row or not: children that found no room here
    std::uint32_t free_count = kBlock;
    std::array<std::uint64_t, kBlock / 64> free{};   // places
    std::array<std::uint64_t, kBlock / 64> bases{};  // those in use
  };
  static bool has(const std::array<std::uint64_t, kBlock / 64>& set, std::size_t i) {
    return (set[i / 64] >> (i % 64) & 1) != 0;
  }

  static int fit(const Block& block, std::span<const unsigned char> bytes) {
    for (std::size_t word = 0; word < block.free.size(); ++word)
      for (std::uint64_t left = block.free[word]; left != 0; left &= left - 1) {
        const std::size_t place = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
        const std::size_t base = place ^ bytes.front();
        if (!has(block.bases, base) && std::ranges::all_of(bytes, [&](unsigned char byte) {
              return has(block.free, base ^ byte);
            }))
          return static_cast<int>(base);
      }
    return -1;
  }

  std::uint32_t taken(Block& block, int base, std::span<const unsigned char> bytes) {
    const auto low = static_cast<std::size_t>(base);
    block.bases[low / 64] |= std::uint64_t{1} << (low % 64);
    for (const unsigned char byte : bytes) {
      const std::size_t place = low ^ byte;
      block.free[place / 64] &= ~(std::uint64_t{1} << (place % 64));
    }
    block.free_count -= static_cast<std::uint32_t>(bytes.size());
    return block.number * static_cast<std::uint32_t>(kBlock) + static_cast<std::uint32_t>(base);
  }

  std::vector<State>& units_;
  std::vector<Block> open_;
};

Trie::Trie(const Strings& strings) : units_(kBlock) {
  std::vector<Item> all;
  all.reserve(strings.size());
  for (const auto& [string, value] : strings) {
    assert(value >= 0 && value <= kLargestValue);
    all.push_back({0, string.data(), static_cast<std::uint32_t>(string.size()),
                   static_cast<std::uint32_t>(value)});
  }
  // The first block belongs to the root: its children stand at their bytes.
  Places places(units_);
  std::vector<Node> level = {{0, static_cast<std::uint32_t>(all.size()), 0}};
  std::vector<Node> next_level;
  std::vector<Item> spare;
  std::vector<unsigned char> bytes;
  units_.reserve(strings.size() * 4 + kBlock);
  // Level by level, so that the beginnings that most texts walk through stand close together.
  // (Chains aside: they are most of the work, and few texts go far along one.)
  for (std::size_t depth = 0; !level.empty(); ++depth) {
    next_level.clear();
    for (const Node& node : level) {
      std::span<Item> items = std::span(all).subspan(node.first, node.last - node.first);
      State value = 0;
      std::size_t ended = 0;
      for (Item& item : items)
        if (item.size == depth) {
          value = std::max(value, State{item.value} + 1);
          std::swap(item, items[ended++]);
        }
      items = items.subspan(ended);
      std::uint32_t base = kChildless;
      if (!items.empty()) {
        if (depth % 8 == 0)
          for (Item& item : items) item.look_ahead(depth);
        sort_by_byte(items, depth, spare);
        bytes.clear();
        for (const Item& item : items)
          if (bytes.empty() || bytes.back() != item.byte(depth)) bytes.push_back(item.byte(depth));
        base = depth == 0 ? 0 : places.take(bytes);
        auto first = static_cast<std::uint32_t>(node.last - items.size());
        for (const unsigned char byte : bytes) {
          std::uint32_t last = first + 1;
          while (last < node.last && all[last].byte(depth) == byte) ++last;
          std::uint32_t place = base ^ byte;
          units_[place] = (byte + State{1}) << kBaseBits;
          if (last > first + 1) {
            next_level.push_back({first, last, place});
          } else {
            // One string is left: the rest of it is a chain.
            Item& item = all[first];
            for (std::size_t i = depth + 1; i < item.size; ++i) {
              if (i % 8 == 0) item.look_ahead(i);
              const unsigned char only = item.byte(i);
              const std::uint32_t next = places.take({&only, 1});
              units_[place] |= next;
              place = next ^ only;
              units_[place] = (only + State{1}) << kBaseBits;
            }
            units_[place] |= (State{item.value} + 1) << kValueShift | kChildless;
          }
          first = last;
        }
      }
      if (depth == 0) root_ = State{kBlock + 1} << kBaseBits;  // a label that no byte has
      (depth == 0 ? root_ : units_[node.place]) |= value << kValueShift | base;
    }
    level.swap(next_level);
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
