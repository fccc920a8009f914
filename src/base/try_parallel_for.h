/// parallel_for (thread_pool.h) for work that can fail.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/thread_pool.h"
#include "kindred/result.h"

namespace kindred::base {

/// Calls body(item) for each item, on all threads, whatever fails; the error of the lowest item
/// that failed, so that it doesn't depend on their number.
template <typename Body>
Result<void> try_parallel_for(std::size_t count, const Body& body) {
  std::vector<Result<void>> results(count);
  parallel_for(count, [&](std::size_t item, std::size_t) { results[item] = body(item); });
  const auto failed = std::ranges::find_if(results, [](const auto& r) { return !r.has_value(); });
  return failed == results.end() ? Result<void>() : std::move(*failed);
}

}  // namespace kindred::base
