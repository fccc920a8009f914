/// The general category of code points (Unicode 16, section 4.5), as the reference tokenizer's
/// regular expressions have it: they ask for sets of them, \p{L} or [\p{Ll}\p{Lm}].
///
/// Thread safety: all of it. Cost: two loads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kindred::text {

/// In the order of the standard's table 4-4.
enum class Category : std::uint8_t {
  uppercase_letter,
  lowercase_letter,
  titlecase_letter,
  modifier_letter,
  other_letter,
  nonspacing_mark,
  spacing_mark,
  enclosing_mark,
  decimal_number,
  letter_number,
  other_number,
  connector_punctuation,
  dash_punctuation,
  open_punctuation,
  close_punctuation,
  initial_punctuation,
  final_punctuation,
  other_punctuation,
  math_symbol,
  currency_symbol,
  modifier_symbol,
  other_symbol,
  space_separator,
  line_separator,
  paragraph_separator,
  control,
  format,
  surrogate,
  private_use,
  unassigned,
};

Category category_of(char32_t code);

/// A set of categories, a bit each.
using Categories = std::uint32_t;

constexpr Categories set_of(Category category) {
  return Categories{1} << static_cast<unsigned>(category);
}
/// Those from `first` to `last`, in the order above.
constexpr Categories set_of(Category first, Category last) {
  return (set_of(last) << 1) - set_of(first);
}
constexpr bool contains(Categories set, Category category) { return (set & set_of(category)) != 0; }

inline constexpr Categories kLetters = set_of(Category::uppercase_letter, Category::other_letter);
inline constexpr Categories kMarks = set_of(Category::nonspacing_mark, Category::enclosing_mark);
inline constexpr Categories kNumbers = set_of(Category::decimal_number, Category::other_number);
inline constexpr Categories kPunctuations =
    set_of(Category::connector_punctuation, Category::other_punctuation);
inline constexpr Categories kSymbols = set_of(Category::math_symbol, Category::other_symbol);
inline constexpr Categories kSeparators =
    set_of(Category::space_separator, Category::paragraph_separator);
inline constexpr Categories kOthers = set_of(Category::control, Category::unassigned);

/// A set that the standard names.
struct NamedCategories {
  std::string_view brief;  ///< "Lu", "L"
  std::string_view full;   ///< "uppercaseletter", "letter"
  Categories set;
};
/// What a name stands for: "Lu", "L", "Uppercase_Letter", "Letter", whatever its case, with or
/// without blanks, hyphens and underscores. nullptr: no such name.
const NamedCategories* categories_named(std::string_view name);

struct CategoryRange {
  char32_t first, last;
  Category flags;
};
/// Sorted; what lies between them is unassigned. (category_tables.cpp)
extern const CategoryRange kCategoryRanges[];
extern const std::size_t kCategoryRangesSize;

}  // namespace kindred::text
