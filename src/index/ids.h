/// Ids as callers give them: a list of distinct numbers, one a row.
#pragma once

#include <cstdint>
#include <span>

#include "kindred/result.h"

namespace kindred::index {

/// An error names an id that is given twice, and the rows. Cost: O(1) memory where ids ascend, else
/// a sorted copy.
Result<void> check_distinct(std::span<const std::uint64_t> ids);

}  // namespace kindred::index
