#include "index/filter.h"

#include <algorithm>
#include <atomic>
#include <bit>

namespace kindred::index {
namespace {

/// Numbers between the smallest and the largest id, for each id, up to which a bit for each number
/// takes no more memory than the table.
constexpr std::uint64_t kDense = 64;

}  // namespace

IdSet::IdSet(std::span<const std::uint64_t> ids) : sorted_(ids.begin(), ids.end()) {
  std::ranges::sort(sorted_);
  sorted_.erase(std::ranges::unique(sorted_).begin(), sorted_.end());
  if (sorted_.empty()) return;
  smallest_ = sorted_.front();
  const std::uint64_t span = sorted_.back() - smallest_;
  if (span / kDense < sorted_.size()) {
    bits_.resize(span / 64 + 1);
    for (const std::uint64_t id : sorted_)
      bits_[(id - smallest_) / 64] |= std::uint64_t{1} << ((id - smallest_) % 64);
    return;
  }
  // Ids that lie so far apart have a gap between them.
  const auto before_gap = std::ranges::adjacent_find(
      sorted_, [](std::uint64_t id, std::uint64_t next) { return next - id > 1; });
  empty_ = *before_gap + 1;
  slots_.assign(std::bit_ceil(2 * sorted_.size()), empty_);
  for (const std::uint64_t id : sorted_) {
    std::size_t slot = slot_of(id);
    while (slots_[slot] != empty_) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = id;
  }
}

std::uint64_t Filter::next_serial() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace kindred::index
