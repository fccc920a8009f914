/// A line with a regular expression, then a text: whatever they are, matches are in order and
/// inside the text, or there is an error; a known expression finds what the engine finds.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "text/normalized_text.h"
#include "text/patterns/known_words.h"
#include "text/patterns/regular_expression.h"
#include "text/text_error.h"

using namespace kindred::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  NormalizedText expression;
  NormalizedText text;
  expression.assign(input.substr(0, line), 0, /*keep_origins=*/false);
  text.assign(input.substr(line + 1), 0, /*keep_origins=*/false);
  const auto pattern = RegularExpression::compile(expression.text, "pattern");
  if (!pattern) return pattern.error().message.starts_with("pattern: ") ? 0 : (std::abort(), 1);
  std::vector<Match> matches;
  try {
    (*pattern)->find(text.text, matches);
  } catch (const TextError&) {
    return 0;
  }
  std::size_t last = 0;
  for (const Match match : matches) {
    if (match.begin < last || match.end < match.begin || match.end > text.text.size()) std::abort();
    last = match.end;
  }
  if (const auto known = known_words(expression.text)) {
    std::vector<Match> words;
    known->find(text.text, words);
    if (words != matches) std::abort();
  }
  return 0;
}
