#include "text/words.h"

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

bool runs(char32_t code) {
  const Flags flags = flags_of(code);
  return (flags & kWord) != 0 && (flags & kChinese) == 0;
}

bool is_apostrophe(char32_t code) { return code == U'\'' || code == U'\u2019'; }

}  // namespace

std::vector<WordPlace> split_words(std::string_view text) {
  std::vector<WordPlace> words;
  bool running = false;  // whether the last word may go on
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, size] = decode(text, i);
    const std::size_t next = i + size;
    const bool joins =
        running && is_apostrophe(code) && next < text.size() && runs(decode(text, next).code);
    if (running && (runs(code) || joins)) {
      words.back().end = next;
    } else if ((flags_of(code) & kWhiteSpace) != 0) {
      running = false;
    } else {
      words.push_back({i, next});
      running = runs(code);
    }
    i = next;
  }
  return words;
}

}  // namespace kindred::text
