/// The text that a known expression walks over: what each code point is to it.
///
/// Expressions of tokenizers ask for few sets: letters, numbers, white space, and what is none of
/// these. A code point's Traits are one byte; a set of code points is what has any of some traits.
///
/// Thread safety: immutable. Cost: a load for ASCII, three beyond.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/unicode/categories.h"
#include "text/unicode/unicode.h"

namespace kindred::text {

/// Properties of a code point, as bits.
using Traits = std::uint8_t;
inline constexpr Traits kIsLetter = 1;      ///< \p{L}
inline constexpr Traits kIsMark = 2;        ///< \p{M}
inline constexpr Traits kIsNumber = 4;      ///< \p{N}
inline constexpr Traits kIsSpace = 8;       ///< \s
inline constexpr Traits kIsNewline = 16;    ///< [\r\n]
inline constexpr Traits kIsSign = 32;       ///< [\p{P}\p{S}]
inline constexpr Traits kMayBeUpper = 64;   ///< [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
inline constexpr Traits kMayBeLower = 128;  ///< [\p{Ll}\p{Lm}\p{Lo}\p{M}]

Traits traits_of(char32_t code);

class Characters {
 public:
  explicit Characters(std::string_view text) : text_(text) {}

  std::size_t size() const { return text_.size(); }
  char operator[](std::size_t i) const { return text_[i]; }

  char32_t code(std::size_t i) const { return decode(text_, i).code; }

  struct Character {
    Traits traits;
    std::uint32_t size;  ///< bytes
  };
  /// The code point at `i`, which is before the end.
  Character at(std::size_t i) const {
    const auto byte = static_cast<unsigned char>(text_[i]);
    if (byte < 0x80) return {ascii_[byte], 1};
    const auto [code, size] = decode(text_, i);
    return {traits_of(code), size};
  }
  /// Whether the code point at `i` has any of `wanted`; false at the end.
  bool is(Traits wanted, std::size_t i) const {
    return i < text_.size() && (at(i).traits & wanted) != 0;
  }
  /// Where the code points that have any of `wanted` end, from `i` on: [wanted]*.
  std::size_t after(Traits wanted, std::size_t i) const {
    while (i < text_.size()) {
      const Character one = at(i);
      if ((one.traits & wanted) == 0) break;
      i += one.size;
    }
    return i;
  }
  /// Where those that have none of `unwanted` end: [^unwanted]*.
  std::size_t after_others(Traits unwanted, std::size_t i) const {
    while (i < text_.size()) {
      const Character one = at(i);
      if ((one.traits & unwanted) != 0) break;
      i += one.size;
    }
    return i;
  }
  /// Where at most `count` code points that have any of `wanted` end: [wanted]{0,count}.
  std::size_t after(Traits wanted, std::size_t i, std::size_t count) const {
    for (; count > 0 && is(wanted, i); --count) i += at(i).size;
    return i;
  }

 private:
  static const std::array<Traits, 128>& ascii();

  std::string_view text_;
  const std::array<Traits, 128>& ascii_ = ascii();
};

/// Where the white space that begins at `i` ends for expressions that close with
/// `\s+(?!\S)|\s+`: before its last code point where a word follows it and there are more.
std::size_t after_space(const Characters& text, std::size_t i);

/// Bytes of an English ending behind the apostrophe at `i`, and the apostrophe: 's 't 're 've 'm
/// 'll 'd, in any case or only in lower case. 0: none.
std::size_t contraction(const Characters& text, std::size_t i, bool any_case);

}  // namespace kindred::text
