#include "text/normalizers/replace.h"

namespace kindred::text {

void Replace::normalize(NormalizedText& given, NormalizedText& out) const {
  std::vector<Match> matches;
  pattern_->find(given.text, matches);
  if (matches.empty()) return;
  out.clear(given.with_origins);
  std::size_t done = 0;
  for (const Match match : matches) {
    out.append(given, done, match.begin);
    // It comes from where the last code point of what it replaces does.
    const TokenOffset origin = match.end > 0 ? given.origin(match.end - 1) : TokenOffset{};
    out.append(std::string_view(content_), origin);
    done = match.end;
  }
  out.append(given, done, given.text.size());
  std::swap(given, out);
}

Result<std::unique_ptr<const Normalizer>> read_replace(const JsonPart& part) {
  auto pattern = KINDRED_TRY(read_pattern(part, "pattern"));
  std::string content(KINDRED_TRY(part.required<std::string_view>("content", "a text")));
  return std::make_unique<Replace>(std::move(pattern), std::move(content));
}

}  // namespace kindred::text
