#include "index/ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace kindred::index {

Result<void> check_distinct(std::span<const std::uint64_t> ids) {
  // Ascending ids, the ordinary case, need no sorted copy.
  if (std::ranges::adjacent_find(ids, std::greater_equal()) == ids.end()) return {};
  std::vector<std::uint64_t> sorted(ids.begin(), ids.end());
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice == sorted.end()) return {};
  const auto first = std::ranges::find(ids, *twice);
  const auto second = std::find(first + 1, ids.end(), *twice);
  return fail(ErrorCode::invalid_argument,
              fmt::format("id {} is given twice, to row {} and to row {}", *twice,
                          first - ids.begin(), second - ids.begin()));
}

}  // namespace kindred::index
