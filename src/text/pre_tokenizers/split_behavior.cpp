#include "text/pre_tokenizers/split_behavior.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace kindred::text {
namespace {

void removed(std::vector<Found>& found) {
  std::erase_if(found, [](const Found& one) { return one.match; });
}

/// Joins to the part before it every stretch for which `joins(is it a match, was the one before)`.
template <typename Joins>
void join(std::vector<Found>& found, const Joins& joins) {
  std::vector<Found> parts;
  bool before = false;
  for (const Found& one : found) {
    if (joins(one.match, before) && !parts.empty()) {
      parts.back().begin = std::min(parts.back().begin, one.begin);
      parts.back().end = std::max(parts.back().end, one.end);
    } else {
      parts.push_back(one);
    }
    before = one.match;
  }
  found = std::move(parts);
}

void merged_with_previous(std::vector<Found>& found) {
  join(found, [](bool match, bool before) { return match && !before; });
}

void merged_with_next(std::vector<Found>& found) {
  std::ranges::reverse(found);
  merged_with_previous(found);
  std::ranges::reverse(found);
}

void contiguous(std::vector<Found>& found) {
  join(found, [](bool match, bool before) { return match == before; });
}

struct Row {
  std::string_view name;
  SplitBehavior behavior;
};
constexpr Row kRows[] = {{"Removed", removed},
                         {"Isolated", isolated},
                         {"MergedWithPrevious", merged_with_previous},
                         {"MergedWithNext", merged_with_next},
                         {"Contiguous", contiguous}};

}  // namespace

void isolated(std::vector<Found>& /*found*/) {}

Result<SplitBehavior> read_split_behavior(const JsonPart& part, std::string_view field,
                                          std::string_view otherwise) {
  const std::string name = KINDRED_TRY(part.text(field, otherwise));
  std::string names;
  for (const Row& row : kRows) {
    if (row.name == name) return row.behavior;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", row.name);
  }
  return part.wrong(field, "one of " + names);
}

}  // namespace kindred::text
