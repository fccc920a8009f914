/// How long the parts of a sequence may be.
#pragma once

#include <cstddef>
#include <utility>

namespace kindred::text {

/// Longest first: tokens are taken from the end of the longer of two texts until both together have
/// at most `limit`. Returns what is left of each. (The reference computes it in one step, with the
/// odd token going to the one that it sorted as the longer.)
std::pair<std::size_t, std::size_t> truncate_longest_first(std::size_t first, std::size_t second,
                                                           std::size_t limit);

}  // namespace kindred::text
