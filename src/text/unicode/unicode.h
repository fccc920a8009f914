/// Properties and mappings of code points, as the reference tokenizer has them, and UTF-8.
///
/// Thread safety: all of it. Cost: flags_of() is two loads, a mapping a binary search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/unicode/unicode_tables.h"

namespace kindred::text {

inline constexpr char32_t kReplacement = 0xFFFD;

Flags flags_of(char32_t code);

/// Code points in place of one: `size` of them.
struct Mapped {
  std::array<char32_t, 3> codes{};
  std::size_t size = 0;
};
/// What strip_accents makes of a code point that has kStripped: its canonical decomposition without
/// marks.
Mapped stripped(char32_t code);
/// What lowercase makes of a code point that has kLowered.
Mapped lowered(char32_t code);
/// The canonical combining class of a code point that has kOrdered, or kMark without kBarrier.
std::uint8_t combining_class(char32_t code);

/// A code point and how many bytes of the text it took.
struct Decoded {
  char32_t code;
  std::uint32_t size;
};

/// The code point at `position`, which is below text.size(). Bytes that are not UTF-8 count as
/// U+FFFD, one for each maximal part of a well-formed sequence, or each single byte (Unicode 15,
/// section 3.9, table 3-8).
Decoded decode(std::string_view text, std::size_t position);

/// Writes at most 4 bytes; returns how many.
std::size_t encode(char32_t code, char* out);

}  // namespace kindred::text
