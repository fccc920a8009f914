/// Regular expressions as Oniguruma reads them, the engine of the reference tokenizer, written as
/// PCRE2 reads them (Oniguruma 6.9, doc/RE and doc/SYNTAX.md).
///
/// The two differ in what looks the same: \h is a hexadecimal digit here and a blank there, (?m)
/// lets the dot match newlines, {2,3}+ repeats instead of being possessive, ^ and $ always know
/// lines. And their Unicode is not of one version: a set such as \p{L} is written as PCRE2's own
/// set and the code points in which the reference differs, which PCRE2 is asked for.
///
/// What can't be said in PCRE2, or is in no tokenizer's expression, is an error that names it: sets
/// of sets ([a&&b]), absent groups, conditions, calls of groups, \X, (?x). Two differences are
/// left: where case does not count, PCRE2 never takes one letter for two ("ß" for "ss"). [:alpha:],
/// [:upper:], [:lower:] and scripts are of PCRE2's Unicode but for letters assigned since.
///
/// Thread safety: pure. Cost: some milliseconds for each different set of characters.
#pragma once

#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::text {

/// `expression` for PCRE2 with PCRE2_UTF, PCRE2_UCP and PCRE2_MULTILINE. `place` begins the message
/// of an error.
Result<std::string> oniguruma_to_pcre2(std::string_view expression, std::string_view place);

}  // namespace kindred::text
