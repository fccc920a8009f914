#include "text/unicode/unicode.h"

#include <algorithm>
#include <span>

#include "text/unicode/range_table.h"

namespace kindred::text {
namespace {

Mapped found(std::span<const Mapping> table, char32_t code) {
  const auto* row = &*std::ranges::lower_bound(table, code, {}, &Mapping::from);
  Mapped mapped{.codes = row->to};
  while (mapped.size < row->to.size() && row->to[mapped.size] != 0) ++mapped.size;
  return mapped;
}

// Hangul syllables decompose by arithmetic (Unicode 15, section 3.12).
constexpr char32_t kFirstSyllable = 0xAC00;
constexpr char32_t kLastSyllable = 0xD7A3;
constexpr char32_t kVowels = 21;
constexpr char32_t kTails = 28;

}  // namespace

Flags flags_of(char32_t code) {
  static const RangeTable<Flags, FlagRange> table({kFlagRanges, kFlagRangesSize});
  return table[code];
}

Mapped stripped(char32_t code) {
  if (code < kFirstSyllable || code > kLastSyllable)
    return found({kStrippedTo, kStrippedToSize}, code);
  const char32_t syllable = code - kFirstSyllable;
  const char32_t tail = syllable % kTails;
  return {.codes = {0x1100 + syllable / (kVowels * kTails), 0x1161 + syllable / kTails % kVowels,
                    0x11A7 + tail},
          .size = tail == 0 ? std::size_t{2} : std::size_t{3}};
}

Mapped lowered(char32_t code) { return found({kLoweredTo, kLoweredToSize}, code); }

std::uint8_t combining_class(char32_t code) {
  const std::span table(kCombiningClasses, kCombiningClassesSize);
  return std::ranges::lower_bound(table, code, {}, &CombiningClass::code)->order;
}

Decoded decode(std::string_view text, std::size_t position) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF.
  std::uint32_t size = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {kReplacement, 1};
  }
  char32_t code = lead & (0x7FU >> size);
  for (std::uint32_t i = 1; i < size; ++i) {
    if (position + i >= text.size() || byte(i) < low || byte(i) > high) return {kReplacement, i};
    code = code << 6 | (byte(i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {code, size};
}

std::size_t encode(char32_t code, char* out) {
  const auto put = [&](std::size_t i, char32_t value) {
    out[i] = static_cast<char>(static_cast<unsigned char>(value));
  };
  if (code < 0x80) {
    put(0, code);
    return 1;
  }
  const std::size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (std::size_t i = size - 1; i > 0; --i, code >>= 6) put(i, 0x80 | (code & 0x3F));
  put(0, (0xF00U >> size & 0xFFU) | code);
  return size;
}

}  // namespace kindred::text
