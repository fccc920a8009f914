/// The inside of an IdFilter: which ids may be returned.
///
/// A list of ids is kept sorted, for going through it, and as a set, for asking: one bit an id
/// where the ids lie densely (at most 64 numbers an id, between the smallest and the largest), else
/// a hash table twice their number. Thread safety: immutable.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace kindred::index {

/// A set of ids that answers in a nanosecond or two.
class IdSet {
 public:
  /// Duplicates are fine.
  explicit IdSet(std::span<const std::uint64_t> ids);

  bool contains(std::uint64_t id) const {
    if (!bits_.empty()) {
      const std::uint64_t at = id - smallest_;
      return at / 64 < bits_.size() && (bits_[at / 64] >> (at % 64) & 1) != 0;
    }
    if (slots_.empty()) return false;
    for (std::size_t slot = slot_of(id);; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == empty_) return false;
      if (slots_[slot] == id) return true;
    }
  }
  /// Distinct, ascending.
  std::span<const std::uint64_t> ids() const { return sorted_; }

 private:
  std::size_t slot_of(std::uint64_t id) const {
    return (id * 0x9e3779b97f4a7c15) >> 32 & (slots_.size() - 1);
  }

  std::vector<std::uint64_t> sorted_;
  std::uint64_t smallest_ = 0;
  std::vector<std::uint64_t> bits_;   ///< from `smallest_` on
  std::vector<std::uint64_t> slots_;  ///< a power of two
  std::uint64_t empty_ = 0;           ///< what an empty slot holds: no id of the set
};

class Filter {
 public:
  static Filter allow(std::span<const std::uint64_t> ids) { return {Kind::allow, ids, {}}; }
  static Filter exclude(std::span<const std::uint64_t> ids) { return {Kind::exclude, ids, {}}; }
  static Filter where(std::function<bool(std::uint64_t)> passes) {
    return {Kind::where, {}, std::move(passes)};
  }

  bool passes(std::uint64_t id) const {
    switch (kind_) {
      case Kind::allow:
        return set_.contains(id);
      case Kind::exclude:
        return !set_.contains(id);
      case Kind::where:
        break;
    }
    return passes_(id);
  }
  /// Tells filters apart, those that are gone too.
  std::uint64_t serial() const { return serial_; }
  /// Whether the answers are always the same: those of a function may change.
  bool is_fixed() const { return kind_ != Kind::where; }
  /// Whether ids() are all that can pass.
  bool is_list() const { return kind_ == Kind::allow; }
  std::span<const std::uint64_t> ids() const { return set_.ids(); }

 private:
  enum class Kind : std::uint8_t { allow, exclude, where };
  Filter(Kind kind, std::span<const std::uint64_t> ids, std::function<bool(std::uint64_t)> passes)
      : kind_(kind), set_(ids), passes_(std::move(passes)), serial_(next_serial()) {}
  static std::uint64_t next_serial();

  Kind kind_;
  IdSet set_;
  std::function<bool(std::uint64_t)> passes_;
  std::uint64_t serial_;
};

}  // namespace kindred::index
