#include "text/pre_tokenizers/split.h"

#include <utility>

namespace kindred::text {

void Split::split(SplitText& text, SplitText& spare) const {
  std::vector<Match> matches;
  std::vector<Found> found;
  split_each(text, spare, [&](std::string_view word, const auto& keep) {
    matches.clear();
    pattern_->find(word, matches);
    found.clear();
    std::size_t done = 0;
    for (const Match match : matches) {
      if (done < match.begin) found.push_back({done, match.begin, invert_});
      found.push_back({match.begin, match.end, !invert_});
      done = match.end;
    }
    if (done < word.size()) found.push_back({done, word.size(), invert_});
    behavior_(found);
    for (const Found& part : found) keep(part.begin, part.end);
  });
}

Result<std::unique_ptr<const PreTokenizer>> read_split(const JsonPart& part) {
  auto pattern = KINDRED_TRY(read_pattern(part, "pattern"));
  const SplitBehavior behavior = KINDRED_TRY(read_split_behavior(part, "behavior", "Removed"));
  const bool invert = KINDRED_TRY(part.flag("invert", false));
  return std::make_unique<Split>(std::move(pattern), behavior, invert);
}

}  // namespace kindred::text
