/// Text of any kind on one line of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kindred::cli {

/// Blanks and control characters in a row become one blank: a text can't break the line, nor send
/// the terminal commands.
std::string one_line(std::string_view text);

/// As much as fits into `columns`, with "..." where something was cut off. Counts two columns for
/// East Asian wide characters and emoji, none for the common combining marks.
std::string shortened(std::string_view text, std::size_t columns);

}  // namespace kindred::cli
