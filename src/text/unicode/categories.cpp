#include "text/unicode/categories.h"

#include <string>

#include "text/unicode/range_table.h"

namespace kindred::text {
namespace {

using enum Category;

constexpr NamedCategories kNames[] = {
    {"L", "letter", kLetters},
    {"Lu", "uppercaseletter", set_of(uppercase_letter)},
    {"Ll", "lowercaseletter", set_of(lowercase_letter)},
    {"Lt", "titlecaseletter", set_of(titlecase_letter)},
    {"Lm", "modifierletter", set_of(modifier_letter)},
    {"Lo", "otherletter", set_of(other_letter)},
    {"M", "mark", kMarks},
    {"Mn", "nonspacingmark", set_of(nonspacing_mark)},
    {"Mc", "spacingmark", set_of(spacing_mark)},
    {"Me", "enclosingmark", set_of(enclosing_mark)},
    {"N", "number", kNumbers},
    {"Nd", "decimalnumber", set_of(decimal_number)},
    {"Nl", "letternumber", set_of(letter_number)},
    {"No", "othernumber", set_of(other_number)},
    {"P", "punctuation", kPunctuations},
    {"Pc", "connectorpunctuation", set_of(connector_punctuation)},
    {"Pd", "dashpunctuation", set_of(dash_punctuation)},
    {"Ps", "openpunctuation", set_of(open_punctuation)},
    {"Pe", "closepunctuation", set_of(close_punctuation)},
    {"Pi", "initialpunctuation", set_of(initial_punctuation)},
    {"Pf", "finalpunctuation", set_of(final_punctuation)},
    {"Po", "otherpunctuation", set_of(other_punctuation)},
    {"S", "symbol", kSymbols},
    {"Sm", "mathsymbol", set_of(math_symbol)},
    {"Sc", "currencysymbol", set_of(currency_symbol)},
    {"Sk", "modifiersymbol", set_of(modifier_symbol)},
    {"So", "othersymbol", set_of(other_symbol)},
    {"Z", "separator", kSeparators},
    {"Zs", "spaceseparator", set_of(space_separator)},
    {"Zl", "lineseparator", set_of(line_separator)},
    {"Zp", "paragraphseparator", set_of(paragraph_separator)},
    {"C", "other", kOthers},
    {"Cc", "control", set_of(control)},
    {"Cf", "format", set_of(format)},
    {"Cs", "surrogate", set_of(surrogate)},
    {"Co", "privateuse", set_of(private_use)},
    {"Cn", "unassigned", set_of(unassigned)},
};

}  // namespace

Category category_of(char32_t code) {
  static const RangeTable<Category, CategoryRange> table({kCategoryRanges, kCategoryRangesSize},
                                                         unassigned);
  return table[code];
}

const NamedCategories* categories_named(std::string_view name) {
  const auto plain = [](std::string_view given) {
    std::string letters;
    for (const char letter : given)
      if (letter != ' ' && letter != '-' && letter != '_')
        letters += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter | 0x20) : letter;
    return letters;
  };
  for (const NamedCategories& row : kNames)
    if (plain(name) == plain(row.brief) || plain(name) == row.full) return &row;
  return nullptr;
}

}  // namespace kindred::text
