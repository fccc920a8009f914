#include "simd/top_k.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/top_k.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// The first position from `begin` whose score is at least `threshold`, or where less than a vector
/// is left (to be looked at one by one).
std::size_t skip_lower(const float* scores, std::size_t begin, std::size_t count, float threshold) {
  const hn::ScalableTag<float> d;
  const auto least = hn::Set(d, threshold);
  const std::size_t lanes = hn::Lanes(d);
  for (; begin + lanes <= count; begin += lanes) {
    const auto enough = hn::Ge(hn::LoadU(d, scores + begin), least);
    const std::intptr_t lane = hn::FindFirstTrue(d, enough);
    if (lane >= 0) return begin + static_cast<std::size_t>(lane);
  }
  return begin;
}

}  // namespace kindred::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::simd {

HWY_EXPORT(skip_lower);

namespace {

bool better(const Scored& a, const Scored& b) {
  return a.score != b.score ? a.score > b.score : a.id < b.id;
}

}  // namespace

TopK::TopK(std::size_t k) : k_(k) { assert(k > 0); }

void TopK::offer(Scored scored) {
  if (std::isnan(scored.score)) scored.score = -std::numeric_limits<float>::infinity();
  if (heap_.size() < k_) {
    heap_.push_back(scored);
    std::ranges::push_heap(heap_, better);
  } else if (better(scored, heap_.front())) {
    std::ranges::pop_heap(heap_, better);
    heap_.back() = scored;
    std::ranges::push_heap(heap_, better);
  }
}

void TopK::offer(std::span<const float> scores, std::span<const std::uint64_t> ids,
                 std::uint64_t first) {
  assert(ids.empty() || ids.size() == scores.size());
  const auto skip_lower = KINDRED_SIMD_DISPATCH(skip_lower);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    // Not past -infinity: there a score that is not a number may still win by its id.
    if (heap_.size() == k_ && heap_.front().score > -std::numeric_limits<float>::infinity()) {
      i = skip_lower(scores.data(), i, scores.size(), heap_.front().score);
      if (i == scores.size()) break;
    }
    offer({.score = scores[i], .id = ids.empty() ? first + i : ids[i]});
  }
}

void TopK::merge(const TopK& other) {
  for (const Scored& scored : other.heap_) offer(scored);
}

std::vector<Scored> TopK::take() {
  std::ranges::sort_heap(heap_, better);
  return std::exchange(heap_, {});
}

}  // namespace kindred::simd
#endif  // HWY_ONCE
