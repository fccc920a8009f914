/// Where each id is: a hash table of places (rows, nodes) that keeps no ids of its own.
///
/// Open addressing with linear probing, at most three quarters full, 4 bytes a slot; the id of a
/// place is asked of whoever has it. Removal shifts what follows back, so that nothing is left of
/// it. Thread safety: as for a plain container.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kindred::index {

/// IdOf: std::uint64_t operator()(std::uint32_t place) const.
template <typename IdOf>
class IdTable {
 public:
  static constexpr std::uint32_t kNowhere = 0xffffffff;

  explicit IdTable(IdOf id_of) : id_of_(std::move(id_of)) {}

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return slots_.size() * sizeof(std::uint32_t); }

  /// Memory for that many ids.
  void reserve(std::size_t count) {
    const std::size_t needed = std::bit_ceil(std::max<std::size_t>(8, count + count / 2));
    if (needed > slots_.size()) rehash(needed);
  }

  /// The place of an id, kNowhere where it has none.
  std::uint32_t find(std::uint64_t id) const {
    return slots_.empty() ? kNowhere : slots_[slot_of(id)];
  }

  /// Puts an id in a place: a new one, or the one that it was in.
  void put(std::uint64_t id, std::uint32_t place) {
    if (4 * (size_ + 1) > 3 * slots_.size()) rehash(std::max<std::size_t>(8, 2 * slots_.size()));
    std::uint32_t& slot = slots_[slot_of(id)];
    if (slot == kNowhere) ++size_;
    slot = place;
  }

  /// False where the id had no place.
  bool remove(std::uint64_t id) {
    if (slots_.empty()) return false;
    std::size_t hole = slot_of(id);
    if (slots_[hole] == kNowhere) return false;
    --size_;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = (hole + 1) & mask; slots_[at] != kNowhere; at = (at + 1) & mask) {
      // What stands at `at` may move into the hole if its first choice is not between them.
      const std::size_t wanted = first_slot(id_of_(slots_[at]));
      if (((at - wanted) & mask) >= ((at - hole) & mask)) {
        slots_[hole] = slots_[at];
        hole = at;
      }
    }
    slots_[hole] = kNowhere;
    return true;
  }

 private:
  std::size_t first_slot(std::uint64_t id) const {
    // The upper half of the product depends on all bits of the id.
    return static_cast<std::size_t>((id * 0x9e3779b97f4a7c15) >> 32) & (slots_.size() - 1);
  }
  /// Where the id is, or where it would go.
  std::size_t slot_of(std::uint64_t id) const {
    std::size_t slot = first_slot(id);
    while (slots_[slot] != kNowhere && id_of_(slots_[slot]) != id)
      slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }
  void rehash(std::size_t slots) {
    std::vector<std::uint32_t> old(slots, kNowhere);
    old.swap(slots_);
    for (const std::uint32_t place : old)
      if (place != kNowhere) slots_[slot_of(id_of_(place))] = place;
  }

  IdOf id_of_;
  std::vector<std::uint32_t> slots_;
  std::size_t size_ = 0;
};

}  // namespace kindred::index
