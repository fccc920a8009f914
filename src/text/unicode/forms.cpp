#include "text/unicode/forms.h"

#include <algorithm>
#include <tuple>

#include "text/unicode/range_table.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

// Hangul syllables are decomposed and composed by arithmetic (Unicode 15, section 3.12).
constexpr char32_t kFirstLeading = 0x1100;
constexpr char32_t kFirstVowel = 0x1161;
constexpr char32_t kBeforeTrailing = 0x11A7;
constexpr char32_t kFirstSyllable = 0xAC00;
constexpr char32_t kLeadings = 19;
constexpr char32_t kVowels = 21;
constexpr char32_t kTrailings = 28;  // none counts as one
constexpr char32_t kSyllables = kLeadings * kVowels * kTrailings;

const Decomposition* find(std::span<const Decomposition> table, char32_t code) {
  const auto row = std::ranges::lower_bound(table, code, {}, &Decomposition::from);
  return row != table.end() && row->from == code ? &*row : nullptr;
}

}  // namespace

FormFlags form_flags_of(char32_t code) {
  static const RangeTable<FormFlags, FormRange> table({kFormRanges, kFormRangesSize});
  return table[code];
}

std::size_t decompose(char32_t code, bool compatible,
                      std::span<char32_t, kLongestDecomposition> out) {
  if (code - kFirstSyllable < kSyllables) {
    const char32_t syllable = code - kFirstSyllable;
    out[0] = kFirstLeading + syllable / (kVowels * kTrailings);
    out[1] = kFirstVowel + syllable / kTrailings % kVowels;
    out[2] = kBeforeTrailing + syllable % kTrailings;
    return out[2] == kBeforeTrailing ? 2 : 3;
  }
  const Decomposition* row = compatible ? find({kCompatible, kCompatibleSize}, code) : nullptr;
  if (row == nullptr) row = find({kCanonical, kCanonicalSize}, code);
  if (row == nullptr) {
    out[0] = code;
    return 1;
  }
  std::ranges::copy(std::span(kDecomposed + row->begin, row->size), out.begin());
  return row->size;
}

std::uint8_t order_of(char32_t code) {
  const Flags flags = flags_of(code);
  const bool ordered = (flags & kOrdered) != 0 || ((flags & kMark) != 0 && (flags & kBarrier) == 0);
  return ordered ? combining_class(code) : std::uint8_t{0};
}

char32_t compose(char32_t first, char32_t second) {
  if (first - kFirstLeading < kLeadings && second - kFirstVowel < kVowels)
    return kFirstSyllable +
           ((first - kFirstLeading) * kVowels + (second - kFirstVowel)) * kTrailings;
  if (first - kFirstSyllable < kSyllables && (first - kFirstSyllable) % kTrailings == 0 &&
      second - kBeforeTrailing - 1 < kTrailings - 1)
    return first + (second - kBeforeTrailing);
  const std::span table(kCompositions, kCompositionsSize);
  const auto row = std::ranges::lower_bound(
      table, std::tuple(first, second), {}, [](const Composition& composition) {
        return std::tuple(composition.first, composition.second);
      });
  return row != table.end() && row->first == first && row->second == second ? row->to : 0;
}

}  // namespace kindred::text
