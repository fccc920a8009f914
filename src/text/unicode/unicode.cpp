#include "text/unicode/unicode.h"

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

namespace kindred::text {
namespace {

/// The flag ranges spread out for lookup: a block of 256 code points each, equal blocks stored
/// once.
class FlagTable {
 public:
  FlagTable() {
    std::size_t range = 0;
    for (char32_t block = 0; block < kBlocks; ++block) {
      std::array<Flags, 256> flags{};
      const char32_t first = block * 256;
      while (range < kFlagRangesSize && kFlagRanges[range].last < first) ++range;
      for (std::size_t i = range; i < kFlagRangesSize && kFlagRanges[i].first < first + 256; ++i)
        for (char32_t code = std::max(first, kFlagRanges[i].first);
             code <= std::min<char32_t>(first + 255, kFlagRanges[i].last); ++code)
          flags[code - first] = kFlagRanges[i].flags;
      // The large stretches of one kind follow each other.
      if (blocks_.empty() || blocks_.back() != flags) blocks_.push_back(flags);
      index_[block] = static_cast<std::uint16_t>(blocks_.size() - 1);
    }
  }
  Flags operator[](char32_t code) const { return blocks_[index_[code >> 8]][code & 255]; }

 private:
  static constexpr char32_t kBlocks = 0x110000 / 256;
  std::array<std::uint16_t, kBlocks> index_{};
  std::vector<std::array<Flags, 256>> blocks_;
};

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
  static const FlagTable table;
  return code < 0x110000 ? table[code] : Flags{0};
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
