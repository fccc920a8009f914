#include "embed/batching.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace kindred::embed {

std::vector<std::vector<std::size_t>> pack_batches(std::span<const std::size_t> lengths,
                                                   std::size_t budget) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t text) { return lengths[text]; });
  std::vector<std::vector<std::size_t>> batches;
  std::size_t used = 0;
  for (const std::size_t text : order) {
    if (lengths[text] == 0) break;
    if (batches.empty() || used + lengths[text] > budget) {
      batches.emplace_back();
      used = 0;
    }
    batches.back().push_back(text);
    used += lengths[text];
  }
  return batches;
}

}  // namespace kindred::embed
