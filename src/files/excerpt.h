/// The start of some text that a file holds, fit for a message: one line, bounded, UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kindred::files {

/// At most `limit` bytes, then "..." where there are more. Control characters, and all that is not
/// ASCII where the text is not UTF-8 as a whole, become '?'.
std::string excerpt(std::string_view text, std::size_t limit = 80);

}  // namespace kindred::files
