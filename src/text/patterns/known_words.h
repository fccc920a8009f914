/// The words of well-known tokenizers, found without a regular expression engine: each expression
/// is a walk over the text that looks at a code point once or twice.
///
/// How each of them cuts is written out where it is walked; tests compare every one with the
/// expression itself.
///
/// Thread safety: immutable. Cost: linear, whatever the text.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "text/patterns/characters.h"
#include "text/patterns/pattern.h"

namespace kindred::text {

/// The pattern for a regular expression that is one of the known ones, letter by letter; none for
/// any other.
std::unique_ptr<const Pattern> known_words(std::string_view expression);

/// All that are known.
std::vector<std::string_view> known_expressions();

}  // namespace kindred::text
