/// The words of DeepSeek-V3, whose tokenizer first cuts numbers and Chinese and Japanese off, each
/// with an expression of its own, and then finds
///
///     [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
///     | ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
///
/// What matches nothing, numbers and controls, is what is left between words.
#pragma once

#include <cstddef>

#include "text/patterns/characters.h"

namespace kindred::text {

/// The expression before: [\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+
struct DeepSeekChinese {
  static std::size_t end(const Characters& text, std::size_t i) {
    while (i < text.size() && is_inside(text.code(i))) i += 3;
    return i;
  }

 private:
  static bool is_inside(char32_t code) {
    return (code >= 0x4E00 && code <= 0x9FA5) || (code >= 0x3040 && code <= 0x30FF);
  }
};

struct DeepSeekWords {
  /// Where the word that begins at `i`, before the end, ends; `i` where none does.
  static std::size_t end(const Characters& text, std::size_t i) {
    const auto [traits, size] = text.at(i);
    if (size == 1 && (traits & kIsSign) != 0 && is_ascii_letter(text, i + 1)) {
      std::size_t end = i + 2;
      while (is_ascii_letter(text, end)) ++end;
      return end;
    }
    constexpr Traits kInWord = kIsLetter | kIsMark;
    const bool may_lead = (traits & (kIsNewline | kIsLetter | kIsSign)) == 0;
    if ((traits & kInWord) != 0 || (may_lead && text.is(kInWord, i + size)))
      return text.after(kInWord, i + size);
    const std::size_t begin = text[i] == ' ' ? i + 1 : i;
    if (text.is(kIsSign, begin)) return text.after(kIsNewline, text.after(kIsSign, begin));
    std::size_t newline = i;  // where the last one of the white space here ends
    for (std::size_t at = i; text.is(kIsSpace, at);) {
      const auto character = text.at(at);
      at += character.size;
      if ((character.traits & kIsNewline) != 0) newline = at;
    }
    return newline > i ? newline : after_space(text, i);
  }

 private:
  static bool is_ascii_letter(const Characters& text, std::size_t i) {
    if (i >= text.size()) return false;
    const auto letter = static_cast<unsigned char>(text[i] | 0x20);
    return letter >= 'a' && letter <= 'z';
  }
};

}  // namespace kindred::text
