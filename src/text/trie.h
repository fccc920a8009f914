/// Strings and their values, walked byte by byte: the longest one that a text starts with, in a
/// single pass.
///
/// A double array (Aoe 1989, "An Efficient Digital Search Algorithm by Using a Double-Array
/// Structure"): the child of a state by byte b stands at place base ^ b, if its label says that it
/// is reached by b. No two states share a base, so a label alone tells whose child it is (Yata et
/// al. 2007, "A Compact Static Double-Array Keeping Character Codes"). A state is its whole unit of
/// 8 bytes, base, label and value together: a step is one load.
///
/// Thread safety: immutable once built. Cost: a load a byte; memory: 8 bytes for each distinct
/// beginning of a string, somewhat more where places stay empty. Building is linear in the bytes of
/// all strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace kindred::text {

class Trie {
 public:
  using State = std::uint64_t;
  using Strings = std::vector<std::pair<std::string_view, std::int32_t>>;
  static constexpr State kNone = 0;
  static constexpr std::int32_t kNoValue = -1;
  static constexpr std::int32_t kLargestValue = (1 << 24) - 1;

  Trie() : Trie(Strings()) {}
  /// Values are from 0 to kLargestValue; of equal strings, the one of the largest value counts.
  explicit Trie(const Strings& strings);

  State root() const { return root_; }
  State child(State state, unsigned char byte) const {
    const State found = units_[(state & kBaseMask) ^ byte];
    return label(found) == byte + 1U ? found : kNone;
  }
  /// Where `text` leads from `state`, or kNone.
  State walk(State state, std::string_view text) const;
  /// The value of the string that ends here, or kNoValue.
  static std::int32_t value(State state) {
    return static_cast<std::int32_t>(state >> kValueShift) - 1;
  }

 private:
  class Places;
  // A unit: value + 1, label + 1 (0: nobody's), base.
  static constexpr int kBaseBits = 30;
  static constexpr int kLabelBits = 9;
  static constexpr int kValueShift = kBaseBits + kLabelBits;
  static constexpr State kBaseMask = (State{1} << kBaseBits) - 1;
  static constexpr std::uint32_t label(State state) {
    return static_cast<std::uint32_t>(state >> kBaseBits) & ((1U << kLabelBits) - 1);
  }

  State root_ = 0;
  std::vector<State> units_;  // whole blocks of 256, in which a base's children lie
};

}  // namespace kindred::text
