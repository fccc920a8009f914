/// Scripts of code points as the reference's UnicodeScripts has them, by number
/// (tests/golden/make_unicode_scripts.py asks it): Hiragana and Katakana count as Han.
///
/// Thread safety: all of it. Cost: two loads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kindred::text {

using Script = std::uint8_t;
/// Goes with any: a blank, what is unassigned.
inline constexpr Script kAnyScript = 0;

Script script_of(char32_t code);

struct ScriptRange {
  char32_t first, last;
  Script flags;
};
/// Sorted; what lies between them is of any script. (script_tables.cpp)
extern const ScriptRange kScriptRanges[];
extern const std::size_t kScriptRangesSize;

}  // namespace kindred::text
