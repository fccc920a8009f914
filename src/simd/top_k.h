/// The k best of a stream of scored ids.
///
/// A binary heap with the worst of the k on top. Once it is full, a block of scores is first
/// compared with that worst one, a vector at a time: after the beginning almost all blocks have
/// nothing to add, and cost no more than the comparison.
///
/// "Best" is a total order: the higher score, then the smaller id. So the result does not depend on
/// the order in which scores arrive, nor on how they were divided among several TopK that were
/// merged. A score that is not a number counts as minus infinity.
///
/// Thread safety: one thread at a time. Cost: O(1) for a score that is too low, else O(log k).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace kindred::simd {

struct Scored {
  float score = 0;  ///< the higher, the better
  std::uint64_t id = 0;
  bool operator==(const Scored&) const = default;
};

class TopK {
 public:
  /// k is at least 1.
  explicit TopK(std::size_t k);

  /// ids[i] has scores[i]; an empty `ids` means first, first + 1, ...
  void offer(std::span<const float> scores, std::span<const std::uint64_t> ids,
             std::uint64_t first = 0);
  void offer(Scored scored);
  void merge(const TopK& other);

  /// The score below which nothing can come in any more: the k-th best, or minus infinity while
  /// there are fewer.
  float bar() const {
    return heap_.size() < k_ ? -std::numeric_limits<float>::infinity() : heap_.front().score;
  }

  /// At most k, best first. Leaves it empty.
  std::vector<Scored> take();

 private:
  std::size_t k_;
  std::vector<Scored> heap_;
};

}  // namespace kindred::simd
