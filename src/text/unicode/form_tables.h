/// Decompositions, compositions and cluster properties of code points, as the reference tokenizer
/// has them (tests/golden/make_unicode_forms.py asks it). forms.h and clusters.h are the doors to
/// them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kindred::text {

/// Properties of a code point, as bits.
using FormFlags = std::uint32_t;
// It does not stay as it is, whatever stands before it, in this form.
inline constexpr FormFlags kNotNfd = 1U << 0;
inline constexpr FormFlags kNotNfc = 1U << 1;
inline constexpr FormFlags kNotNfkd = 1U << 2;
inline constexpr FormFlags kNotNfkc = 1U << 3;
inline constexpr FormFlags kMarkOfAnyKind = 1U << 4;  ///< the normalizer StripAccents removes it
// Its part in clusters (UAX #29, table 2; the names of the standard in brackets).
inline constexpr FormFlags kControl = 1U << 5;        ///< always alone [Control, CR, LF]
inline constexpr FormFlags kAttaches = 1U << 6;       ///< [Extend, SpacingMark, ZWJ]
inline constexpr FormFlags kExtends = 1U << 7;        ///< [Extend]
inline constexpr FormFlags kPrepends = 1U << 8;       ///< [Prepend]
inline constexpr FormFlags kLeading = 1U << 9;        ///< [L]
inline constexpr FormFlags kVowel = 1U << 10;         ///< [V]
inline constexpr FormFlags kTrailing = 1U << 11;      ///< [T]
inline constexpr FormFlags kLeadingVowel = 1U << 12;  ///< [LV]
inline constexpr FormFlags kSyllable = 1U << 13;      ///< [LVT]
inline constexpr FormFlags kPicture = 1U << 14;       ///< [Extended_Pictographic]
inline constexpr FormFlags kConsonant = 1U << 15;     ///< [InCB=Consonant]
inline constexpr FormFlags kLinker = 1U << 16;        ///< [InCB=Linker]
inline constexpr FormFlags kBetween = 1U << 17;       ///< [InCB=Extend]

struct FormRange {
  char32_t first, last;
  FormFlags flags;
};
/// What a code point is decomposed into: a stretch of kDecomposed. Hangul syllables are not here.
struct Decomposition {
  char32_t from;
  std::uint16_t begin, size;
};
/// Two code points that become one. Hangul is not here.
struct Composition {
  char32_t first, second, to;
};

// Each sorted by code point; kCompatible has only what kCanonical has not, or differently.
extern const FormRange kFormRanges[];
extern const std::size_t kFormRangesSize;
extern const Decomposition kCanonical[];
extern const std::size_t kCanonicalSize;
extern const Decomposition kCompatible[];
extern const std::size_t kCompatibleSize;
extern const char32_t kDecomposed[];
extern const std::size_t kDecomposedSize;
extern const Composition kCompositions[];
extern const std::size_t kCompositionsSize;

}  // namespace kindred::text
