/// The words of GPT-2 (Radford et al. 2019) and, of OpenAI's encodings, r50k_base and p50k_base:
///
///     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
///
/// A word begins with at most one blank; letters, numbers and other signs do not mix; English
/// endings are words.
#pragma once

#include <cstddef>

#include "text/patterns/characters.h"

namespace kindred::text {

struct Gpt2Words {
  /// Where the word that begins at `i`, before the end, ends.
  static std::size_t end(const Characters& text, std::size_t i) {
    if (text[i] == '\'')
      if (const std::size_t size = contraction(text, i, /*any_case=*/false); size > 0)
        return i + size;
    constexpr Traits kNamed = kIsLetter | kIsNumber | kIsSpace;
    // A blank belongs to what is behind it, unless that is white space.
    const std::size_t begin = text[i] == ' ' && i + 1 < text.size() ? i + 1 : i;
    const auto [traits, size] = text.at(begin);
    const auto kind = static_cast<Traits>(traits & kNamed);
    if (kind == 0) return text.after_others(kNamed, begin + size);
    if (kind != kIsSpace) return text.after(kind, begin + size);
    return after_space(text, i);
  }
};

}  // namespace kindred::text
