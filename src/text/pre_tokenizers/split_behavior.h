/// What becomes of the stretches that a pattern finds in a word, and of those between them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "kindred/result.h"
#include "text/json_part.h"

namespace kindred::text {

/// A stretch of a word, found by the pattern or lying between two that were.
struct Found {
  std::size_t begin, end;
  bool match;
};

/// Turns what was found in a word, all of it in order, into the parts that stay.
using SplitBehavior = void (*)(std::vector<Found>& found);

/// Isolated: every stretch is a part.
void isolated(std::vector<Found>& found);

/// The behavior that `field` of `part` names: Removed, Isolated, MergedWithPrevious, MergedWithNext
/// or Contiguous.
Result<SplitBehavior> read_split_behavior(const JsonPart& part, std::string_view field,
                                          std::string_view otherwise);

}  // namespace kindred::text
