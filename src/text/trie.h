/// Strings and their values, walked byte by byte: the longest one that a text starts with, in a
/// single pass.
///
/// A double array (Aoe 1989, "An Efficient Digital Search Algorithm by Using a Double-Array
/// Structure"): the child of state s by byte b is base[s] + b, if it says that s is its parent.
/// Thread safety: immutable once built. Cost: a load a byte; memory: 12 bytes a state, somewhat
/// more than the bytes of all strings with their common beginnings counted once. Building is linear
/// but for the search for free places, which is cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace kindred::text {

class Trie {
 public:
  using State = std::int32_t;
  static constexpr State kRoot = 0;
  static constexpr State kNone = -1;
  static constexpr std::int32_t kNoValue = -1;

  Trie() : units_(257) {}
  /// The strings are distinct, values are not negative. Sorts them.
  explicit Trie(std::vector<std::pair<std::string_view, std::int32_t>> strings);

  State child(State state, unsigned char byte) const {
    const std::int32_t place = units_[static_cast<std::size_t>(state)].base + byte + 1;
    return units_[static_cast<std::size_t>(place)].parent == state ? place : kNone;
  }
  /// Where `text` leads from `state`, or kNone.
  State walk(State state, std::string_view text) const;
  /// The value of the string that ends here, or kNoValue.
  std::int32_t value(State state) const { return units_[static_cast<std::size_t>(state)].value; }

 private:
  struct Unit {
    std::int32_t base = 0;
    State parent = kNone;
    std::int32_t value = kNoValue;
  };
  std::int32_t place_for(std::span<const unsigned char> bytes);

  std::vector<Unit> units_;  // every base + 256 is inside
  std::vector<bool> used_;
  std::size_t first_free_ = 1;  // the search for places begins here
};

}  // namespace kindred::text
