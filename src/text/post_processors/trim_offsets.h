/// Offsets without the white space that byte-level tokens carry.
#pragma once

#include <cstddef>
#include <string_view>

#include "kindred/tokenizer.h"
#include "text/post_processors/frame.h"

namespace kindred::text {

/// How many blanks a token begins with, and ends with.
struct Blanks {
  std::size_t leading = 0;
  std::size_t trailing = 0;
};
Blanks blanks_of(std::string_view token);

/// Moves the offset of a token past the `blanks` at its ends. The blank that add_prefix_space put
/// before the text itself has no place in `text`, the original, so nothing is moved for it.
/// `first`: whether no token of the text stands before this one.
void trim_offset(std::string_view text, Blanks blanks, OffsetTrim trim, bool first,
                 TokenOffset& offset);

}  // namespace kindred::text
