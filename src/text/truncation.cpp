#include "text/truncation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kindred::text {
namespace {

Kept longest_first(std::size_t first, std::size_t second, std::size_t limit) {
  const bool swapped = first > second;
  std::size_t shorter = std::min(first, second);
  std::size_t longer = std::max(shorter, limit > shorter ? limit - shorter : 0);
  if (shorter + longer > limit) {
    shorter = limit / 2;
    longer = shorter + limit % 2;
  }
  return swapped ? Kept{longer, shorter} : Kept{shorter, longer};
}

}  // namespace

Result<Kept> truncate(std::size_t first, std::optional<std::size_t> second, std::size_t limit,
                      Truncation::Strategy strategy) {
  using Strategy = Truncation::Strategy;
  Kept kept{first, second.value_or(0)};
  if (first + kept.second <= limit) return kept;
  if (limit == 0) return Kept{};
  const std::size_t excess = first + kept.second - limit;
  if (strategy == Strategy::longest_first)
    return second ? longest_first(first, *second, limit) : Kept{limit, 0};
  if (strategy == Strategy::only_second && !second)
    return fail(ErrorCode::invalid_argument,
                fmt::format("it has more than {} tokens; only a second text may be cut, and there "
                            "is none",
                            limit));
  const bool of_first = strategy == Strategy::only_first;
  std::size_t& cut = of_first ? kept.first : kept.second;
  if (cut <= excess)
    return fail(ErrorCode::invalid_argument,
                fmt::format("it has more than {} tokens; {} would have to be cut from the {} text, "
                            "which has {}, and one must stay",
                            limit, excess, of_first ? "first" : "second", cut));
  cut -= excess;
  return kept;
}

Window kept_window(std::size_t tokens, std::size_t kept, Side side) {
  return side == Side::right ? Window{0, kept} : Window{tokens - kept, tokens};
}

Result<void> slide(std::size_t tokens, std::size_t kept, const Truncation& truncation,
                   std::vector<Window>& windows) {
  windows = {kept_window(tokens, kept, truncation.side)};
  if (kept == tokens) return {};
  if (kept <= truncation.stride)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} of {} tokens fit into a sequence, a stride of {} needs more", kept,
                            tokens, truncation.stride));
  const std::size_t step = kept - truncation.stride;
  if (truncation.side == Side::right) {
    while (windows.back().end < tokens) {
      const std::size_t begin = windows.back().begin + step;
      windows.push_back({begin, std::min(begin + kept, tokens)});
    }
  } else {
    while (windows.back().begin > 0) {
      const std::size_t end = windows.back().end - step;
      windows.push_back({end - std::min(kept, end), end});
    }
  }
  return {};
}

}  // namespace kindred::text
