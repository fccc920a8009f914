#include "text/patterns/pattern.h"

#include <string>

#include "text/patterns/known_words.h"
#include "text/patterns/literal.h"
#include "text/patterns/regular_expression.h"

namespace kindred::text {

Result<std::unique_ptr<const Pattern>> read_pattern(const JsonPart& part, std::string_view field) {
  const JsonPart pattern = KINDRED_TRY(part.part(field));
  if (const auto text = KINDRED_TRY(pattern.optional<std::string_view>("String", "a text")))
    return std::make_unique<Literal>(std::string(*text));
  const auto expression =
      KINDRED_TRY(pattern.required<std::string_view>("Regex", "a regular expression"));
  if (auto known = known_words(expression)) return known;
  return RegularExpression::compile(expression, pattern.place());
}

}  // namespace kindred::text
