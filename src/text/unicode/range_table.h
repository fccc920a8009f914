/// Properties of all code points, spread out from ranges for lookup: blocks of 256, equal blocks
/// stored once.
///
/// Thread safety: immutable once built. Cost: two loads.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kindred::text {

/// `Range` has members first, last and flags, of type `Value`.
template <typename Value, typename Range>
class RangeTable {
 public:
  /// The ranges are sorted and do not overlap; what lies between them is `otherwise`.
  explicit RangeTable(std::span<const Range> ranges, Value otherwise = {}) : otherwise_(otherwise) {
    std::size_t range = 0;
    for (char32_t block = 0; block < kBlocks; ++block) {
      std::array<Value, 256> values;
      values.fill(otherwise);
      const char32_t first = block * 256;
      while (range < ranges.size() && ranges[range].last < first) ++range;
      for (std::size_t i = range; i < ranges.size() && ranges[i].first < first + 256; ++i)
        for (char32_t code = std::max(first, ranges[i].first);
             code <= std::min<char32_t>(first + 255, ranges[i].last); ++code)
          values[code - first] = ranges[i].flags;
      // The large stretches of one kind follow each other.
      if (blocks_.empty() || blocks_.back() != values) blocks_.push_back(values);
      index_[block] = static_cast<std::uint16_t>(blocks_.size() - 1);
    }
  }
  Value operator[](char32_t code) const {
    return code < 0x110000 ? blocks_[index_[code >> 8]][code & 255] : otherwise_;
  }

 private:
  static constexpr char32_t kBlocks = 0x110000 / 256;
  Value otherwise_;
  std::array<std::uint16_t, kBlocks> index_{};
  std::vector<std::array<Value, 256>> blocks_;
};

}  // namespace kindred::text
