/// The sets of characters that regular expressions name, \p{L} or \w, as the reference has them and
/// as PCRE2 can say them between brackets.
///
/// Thread safety: one thread at a time. Cost: the first time that a set is asked for, PCRE2 is
/// asked about every code point that versions of Unicode may differ in: some milliseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "text/unicode/categories.h"

namespace kindred::text {

/// A set by what the reference says of a code point, and the set of PCRE2 that comes near it.
struct CharacterSet {
  std::string near;                        ///< what stands between brackets: "\p{L}"
  std::function<bool(char32_t)> contains;  ///< none: `near` is taken as it is
  bool widened = false;                    ///< the set is all of `near` and what `contains` says
};

/// Where a set is named. Oniguruma means two of them otherwise by it: words have Latin-1's powers
/// and fractions (\u00b2, \u00bd) but where they are between brackets, and punctuation has symbols
/// in [:punct:] alone.
enum class NamedIn : std::uint8_t { expression, brackets, posix_brackets };

/// The set of an escape: d, s, w or h.
CharacterSet set_of_escape(char escape, NamedIn place);
/// The set of \p{name} or [:name:]; nothing where there is none of that name.
std::optional<CharacterSet> set_of_name(std::string_view name, NamedIn place);

/// Writes sets as PCRE2 reads them.
class SetWriter {
 public:
  /// What stands between brackets for `set`, or for all that is not in it.
  std::string between_brackets(const CharacterSet& set, bool negated);

 private:
  std::map<std::pair<std::string, bool>, std::string> written_;  // by `near`, and negated or not
};

}  // namespace kindred::text
