#include "text/patterns/characters.h"

namespace kindred::text {
namespace {

Traits traits_of(Category category) {
  using enum Category;
  const Categories one = set_of(category);
  constexpr Categories kEither = set_of(modifier_letter, other_letter) | kMarks;
  Traits traits = 0;
  if ((one & kLetters) != 0) traits |= kIsLetter;
  if ((one & kMarks) != 0) traits |= kIsMark;
  if ((one & kNumbers) != 0) traits |= kIsNumber;
  if ((one & kSeparators) != 0) traits |= kIsSpace;
  if ((one & (kPunctuations | kSymbols)) != 0) traits |= kIsSign;
  if ((one & (kEither | set_of(uppercase_letter) | set_of(titlecase_letter))) != 0)
    traits |= kMayBeUpper;
  if ((one & (kEither | set_of(lowercase_letter))) != 0) traits |= kMayBeLower;
  return traits;
}

}  // namespace

Traits traits_of(char32_t code) {
  static const auto table = [] {
    std::array<Traits, static_cast<std::size_t>(Category::unassigned) + 1> traits{};
    for (std::size_t i = 0; i < traits.size(); ++i) traits[i] = traits_of(static_cast<Category>(i));
    return traits;
  }();
  // Of the controls, these are white space.
  if ((code >= '\t' && code <= '\r') || code == 0x85)
    return code == '\n' || code == '\r' ? kIsSpace | kIsNewline : kIsSpace;
  return table[static_cast<std::size_t>(category_of(code))];
}

const std::array<Traits, 128>& Characters::ascii() {
  static const auto table = [] {
    std::array<Traits, 128> traits{};
    for (char32_t code = 0; code < traits.size(); ++code) traits[code] = traits_of(code);
    return traits;
  }();
  return table;
}

std::size_t after_space(const Characters& text, std::size_t i) {
  std::size_t last = i;
  std::size_t end = i;
  while (text.is(kIsSpace, end)) {
    last = end;
    end += text.at(end).size;
  }
  return end == text.size() || last == i ? end : last;
}

std::size_t contraction(const Characters& text, std::size_t i, bool any_case) {
  if (i + 1 >= text.size() || text[i] != '\'') return 0;
  const auto letter = [&](std::size_t place) {
    if (place >= text.size()) return '\0';
    const char byte = text[place];
    return any_case && byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
  };
  const char first = letter(i + 1);
  const char second = letter(i + 2);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if ((first == 'r' || first == 'v') && second == 'e') return 3;
  if (first == 'l' && second == 'l') return 3;
  // "ſ", the long s, is an s in another case.
  return any_case && first == '\xC5' && second == '\xBF' ? 3 : 0;
}

}  // namespace kindred::text
