#include "text/normalizers/sentence_piece_normalizer.h"

#include <algorithm>
#include <utility>

#include "text/unicode/unicode.h"

namespace kindred::text {

CharacterMap::Rule SentencePieceNormalizer::next(std::string_view text) const {
  std::size_t longest = 0;
  Trie::State state = options_.user_defined.root();
  for (std::size_t i = 0; i < text.size(); ++i) {
    state = options_.user_defined.child(state, static_cast<unsigned char>(text[i]));
    if (state == Trie::kNone) break;
    if (Trie::value(state) != Trie::kNoValue) longest = i + 1;
  }
  if (longest == 0)
    if (const auto rule = options_.rules.longest(text)) return *rule;
  if (longest == 0) longest = decode(text, 0).size;
  return {longest, text.substr(0, longest)};
}

void SentencePieceNormalizer::normalize(NormalizedText& given, NormalizedText& out) const {
  const std::string_view text = given.text;
  const std::string_view blank = options_.shows_blanks ? "\u2581" : " ";
  out.clear(given.with_origins);
  std::size_t i = 0;
  if (options_.thins_blanks)
    while (i < text.size()) {
      const auto [size, to] = next(text.substr(i));
      if (to != " ") break;
      i += size;
    }
  if (i == text.size()) {
    std::swap(given, out);
    return;
  }
  // A blank that is added comes from no byte.
  const auto nowhere = [&](std::uint32_t at) { return TokenOffset{at, at}; };
  if (options_.adds_blank && !options_.blank_behind)
    out.append(blank, nowhere(given.origin(i).begin));
  bool after_blank = options_.thins_blanks;
  while (i < text.size()) {
    auto [size, to] = next(text.substr(i));
    const TokenOffset origin = given.origin(i, i + size);
    while (after_blank && to.starts_with(' ')) to.remove_prefix(1);
    for (std::size_t j = 0; j < to.size();) {
      const std::size_t end = std::min(to.find(' ', j), to.size());
      if (end > j) out.append(to.substr(j, end - j), origin);
      if (end < to.size()) out.append(blank, origin);
      j = end + 1;
    }
    if (!to.empty()) after_blank = options_.thins_blanks && to.ends_with(' ');
    i += size;
  }
  if (options_.thins_blanks) {
    while (out.text.ends_with(blank)) out.text.erase(out.text.size() - blank.size());
    if (out.with_origins) out.origins.resize(out.text.size());
  }
  if (options_.adds_blank && options_.blank_behind)
    out.append(blank, nowhere(given.origin(text.size() - 1).end));
  std::swap(given, out);
}

}  // namespace kindred::text
