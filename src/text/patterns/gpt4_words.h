/// The words of GPT-4 and of the many tokenizers that follow it. In all of them a word is letters
/// behind at most one sign or blank, a number has few digits, and newlines end what is before them.
/// cl100k_base:
///
///     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*
///     |\s*[\r\n]+|\s+(?!\S)|\s+
///
/// and o200k_base, which parts words where an upper-case letter follows a lower-case one, and keeps
/// English endings with their words:
///
///     [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|...)?
///     |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|...)?
///     |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
#pragma once

#include <cstddef>

#include "text/patterns/characters.h"

namespace kindred::text {

/// In which the expressions differ.
struct Gpt4Rules {
  bool cased = false;                 ///< words part at upper-case letters
  bool contractions = true;           ///< English endings are words, or where cased, ends of words
  bool marks_are_letters = false;     ///< \p{M} goes with \p{L}
  std::size_t digits = 3;             ///< of a number
  bool slashes_behind_signs = false;  ///< [\r\n/]* behind signs, not [\r\n]*
  bool whole_space_at_end = false;    ///< the white space at the end is one word: \s++$ comes first
};

template <Gpt4Rules rules>
struct Gpt4Words {
  /// Where the word that begins at `i`, before the end, ends.
  static std::size_t end(const Characters& text, std::size_t i) {
    const auto [traits, size] = text.at(i);
    if constexpr (rules.contractions && !rules.cased)
      if (text[i] == '\'')
        if (const std::size_t ending = contraction(text, i, /*any_case=*/true); ending > 0)
          return i + ending;
    const bool may_lead = (traits & (kIsNewline | kIsLetter | kIsNumber)) == 0;
    if constexpr (rules.cased) {
      if (const std::size_t found = cased_word(text, i, may_lead ? size : 0); found > i)
        return found;
    } else {
      if ((traits & kInWord) != 0) return text.after(kInWord, i + size);
      if (may_lead && text.is(kInWord, i + size)) return text.after(kInWord, i + size);
    }
    if ((traits & kIsNumber) != 0) return text.after(kIsNumber, i, rules.digits);
    if (const std::size_t found = signs(text, text[i] == ' ' ? i + 1 : i); found > i) return found;
    return space(text, i);
  }

 private:
  static constexpr Traits kInWord =
      rules.marks_are_letters ? static_cast<Traits>(kIsLetter | kIsMark) : kIsLetter;

  /// Signs that begin at `i`, and the newlines behind them; 0 where none do.
  static std::size_t signs(const Characters& text, std::size_t i) {
    const std::size_t end = text.after_others(kIsSpace | kInWord | kIsNumber, i);
    if (end <= i || i >= text.size()) return 0;
    std::size_t behind = end;
    while (behind < text.size() && (text[behind] == '\n' || text[behind] == '\r' ||
                                    (rules.slashes_behind_signs && text[behind] == '/')))
      ++behind;
    return behind;
  }

  /// White space up to its last newline, else as after_space() has it.
  static std::size_t space(const Characters& text, std::size_t i) {
    std::size_t newline = 0;  // where the last one ends
    std::size_t end = i;
    while (text.is(kIsSpace, end)) {
      const auto [traits, size] = text.at(end);
      end += size;
      if ((traits & kIsNewline) != 0) newline = end;
    }
    if (rules.whole_space_at_end && end == text.size()) return end;
    return newline > 0 ? newline : after_space(text, i);
  }

  /// A word of letters in upper and lower case that begins at `i`, where `lead` bytes may be a sign
  /// before it; `i` where none does. In the order of the alternatives: one that ends in lower case,
  /// with the sign and without; then one that may not.
  static std::size_t cased_word(const Characters& text, std::size_t i, std::size_t lead) {
    std::size_t end = 0;
    if (lead > 0) end = lower_word(text, i + lead);
    if (end == 0) end = lower_word(text, i);
    if (end == 0 && lead > 0) end = upper_word(text, i + lead);
    if (end == 0) end = upper_word(text, i);
    if (end == 0) return i;
    return rules.contractions ? end + contraction(text, end, /*any_case=*/true) : end;
  }

  /// [upper]*[lower]+ at `i`, or 0. Some code points are in both sets: where nothing that is only
  /// lower follows, the last of them is what the second set takes.
  static std::size_t lower_word(const Characters& text, std::size_t i) {
    std::size_t either = 0;  // where the last one that is in both ends
    while (i < text.size()) {
      const auto [traits, size] = text.at(i);
      if ((traits & kMayBeUpper) == 0)
        return (traits & kMayBeLower) != 0 ? text.after(kMayBeLower, i + size) : either;
      i += size;
      if ((traits & kMayBeLower) != 0) either = i;
    }
    return either;
  }

  /// [upper]+[lower]* at `i`, or 0.
  static std::size_t upper_word(const Characters& text, std::size_t i) {
    const std::size_t end = text.after(kMayBeUpper, i);
    return end > i ? text.after(kMayBeLower, end) : 0;
  }
};

}  // namespace kindred::text
