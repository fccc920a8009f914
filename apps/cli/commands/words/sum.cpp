#include "commands/words/sum.h"

#include <algorithm>

namespace kindred::cli {

Result<Sum> parse_sum(std::string_view text, const WordVectors& vectors) {
  Sum sum;
  std::vector<SignedWord> words;
  float sign = 1;
  constexpr std::string_view kBlanks = " \t\r\n";
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    if (text.empty()) break;
    const std::string_view piece = text.substr(0, text.find_first_of(kBlanks));
    text.remove_prefix(piece.size());
    if (piece == "+" || piece == "-") {
      sign = piece == "-" ? -1.0F : 1.0F;
      continue;
    }
    words.push_back({.word = piece, .weight = sign});
    if (const auto id = vectors.find(piece)) sum.words.push_back(*id);
    sign = 1;
  }
  if (words.empty()) return fail(ErrorCode::invalid_argument, "there is no word to look for");
  sum.vector = KINDRED_TRY(vectors.combined(words));
  return sum;
}

}  // namespace kindred::cli
