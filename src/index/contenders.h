/// The rows that may still be among the k best, of which only bounds are known.
///
/// The k-th best of the lowest possible scores is the bar: at least k rows reach it, so a row whose
/// highest possible score lies below it is out, now and for ever. A row that just reaches it stays:
/// ties are for exact scores to settle.
///
/// Thread safety: one thread at a time. Cost: O(log k) a row that is offered.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "simd/top_k.h"

namespace kindred::index {

struct Contender {
  float highest = 0;  ///< no score of the row is above this
  std::uint32_t row = 0;
};

class Contenders {
 public:
  explicit Contenders(std::size_t k) : lowest_(k), room_(std::max(kLeastRoom, 4 * k)) {}

  /// Below this a row need not be offered.
  float bar() const { return std::max(bar_, lowest_.bar()); }
  /// Something better than what the bounds say: k rows certainly reach this.
  void raise_bar(float bar) { bar_ = std::max(bar_, bar); }

  /// Bounds that are not numbers bound nothing.
  void offer(std::uint32_t row, float lowest, float highest) {
    rows_.push_back({std::isnan(highest) ? std::numeric_limits<float>::infinity() : highest, row});
    lowest_.offer(simd::Scored{lowest, row});
  }

  std::size_t size() const { return rows_.size(); }
  /// Whether there are so many that they should be scored before more come.
  bool crowded() const { return rows_.size() >= room_; }
  /// Drops those that have fallen below the bar.
  void prune() {
    std::erase_if(rows_, [bar = bar()](const Contender& row) { return row.highest < bar; });
  }
  /// All that reach the bar, best hopes first; then there are none.
  std::vector<Contender> take() {
    prune();
    std::ranges::sort(rows_, [](const Contender& a, const Contender& b) {
      return a.highest != b.highest ? a.highest > b.highest : a.row < b.row;
    });
    return std::exchange(rows_, {});
  }

 private:
  static constexpr std::size_t kLeastRoom = 4096;

  std::vector<Contender> rows_;
  simd::TopK lowest_;
  float bar_ = -std::numeric_limits<float>::infinity();
  std::size_t room_;
};

}  // namespace kindred::index
