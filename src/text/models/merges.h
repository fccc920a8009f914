/// The merges of byte pair encoding: which pairs of tokens become which token, and in what order.
///
/// Thread safety: immutable once built. Cost: a probe or two of a table at most half full; 16 bytes
/// a slot.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kindred::text {

struct Merge {
  std::uint32_t rank;  ///< the smaller, the earlier
  std::uint32_t into;  ///< the token that the pair becomes
};

class Merges {
 public:
  /// Room for `count` pairs.
  explicit Merges(std::size_t count)
      : slots_(std::bit_ceil(2 * count + 2)), shift_(64 - std::countr_zero(slots_.size())) {}

  /// A pair that is there already gets the new merge. At most as many as there is room for.
  void add(std::uint32_t first, std::uint32_t second, Merge merge) {
    Slot& slot = slots_[find_slot(first, second)];
    slot = {first, second, merge};
  }
  /// The merge of a pair, or nullptr.
  const Merge* find(std::uint32_t first, std::uint32_t second) const {
    const Slot& slot = slots_[find_slot(first, second)];
    return slot.first == kEmpty ? nullptr : &slot.merge;
  }

 private:
  static constexpr std::uint32_t kEmpty = 0xffffffff;
  struct Slot {
    std::uint32_t first = kEmpty;
    std::uint32_t second = kEmpty;
    Merge merge{};
  };
  std::size_t find_slot(std::uint32_t first, std::uint32_t second) const {
    const std::uint64_t key = std::uint64_t{first} << 32 | second;
    std::size_t i = (key * 0x9E3779B97F4A7C15) >> shift_;
    while (slots_[i].first != kEmpty && (slots_[i].first != first || slots_[i].second != second))
      i = (i + 1) & (slots_.size() - 1);
    return i;
  }

  std::vector<Slot> slots_;
  int shift_;
};

}  // namespace kindred::text
