/// What the reference tokenizer takes each code point for.
///
/// The tables are made by asking it (tests/golden/make_unicode_tables.py), because its answers mix
/// several versions of Unicode: those of any one version, utf8proc's included, differ from it by
/// hundreds of code points. unicode.h is the door to them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace kindred::text {

/// Properties of a code point, as bits.
using Flags = std::uint16_t;
inline constexpr Flags kDropped = 1;         ///< clean_text removes it: controls, unassigned of old
inline constexpr Flags kCleanedToSpace = 2;  ///< clean_text makes it a space
inline constexpr Flags kChinese = 4;         ///< handle_chinese_chars puts spaces around it
inline constexpr Flags kSpace = 8;           ///< BertPreTokenizer ends a word at it
inline constexpr Flags kPunctuation = 16;    ///< BertPreTokenizer makes it a word of its own
inline constexpr Flags kWord = 32;  ///< \w of regular expressions: what single_word looks for
inline constexpr Flags kMark = 64;  ///< strip_accents removes it
inline constexpr Flags kStripped =
    128;  ///< strip_accents makes it something else: kStrippedTo, or Hangul's rule
inline constexpr Flags kLowered = 256;  ///< lowercase makes it something else: kLoweredTo
inline constexpr Flags kBarrier = 512;  ///< a kMark over which canonical ordering moves nothing
inline constexpr Flags kOrdered =
    1024;  ///< strip_accents keeps it, but canonical ordering moves it (class in kCombiningClasses)
inline constexpr Flags kLetter = 2048;      ///< \p{L} of regular expressions
inline constexpr Flags kNumber = 4096;      ///< \p{N} of regular expressions
inline constexpr Flags kWhiteSpace = 8192;  ///< \s of regular expressions
inline constexpr Flags kDigit = 16384;      ///< Digits cuts it off: a few newer ones than kNumber's

struct FlagRange {
  char32_t first, last;
  Flags flags;
};
/// Up to three code points, zeros behind them.
struct Mapping {
  char32_t from;
  std::array<char32_t, 3> to;
};
struct CombiningClass {
  char32_t code;
  std::uint8_t order;
};

// Each sorted by code point.
extern const FlagRange kFlagRanges[];
extern const std::size_t kFlagRangesSize;
extern const Mapping kStrippedTo[];
extern const std::size_t kStrippedToSize;
extern const Mapping kLoweredTo[];
extern const std::size_t kLoweredToSize;
extern const CombiningClass kCombiningClasses[];
extern const std::size_t kCombiningClassesSize;

}  // namespace kindred::text
