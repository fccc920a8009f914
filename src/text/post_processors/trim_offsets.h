/// Offsets without the white space that byte-level tokens carry.
#pragma once

#include <span>
#include <string_view>

#include "kindred/tokenizer.h"
#include "text/post_processors/frame.h"
#include "text/vocabulary.h"

namespace kindred::text {

/// Moves the offsets of a text's tokens past the blanks at the ends of each token; the blank that
/// add_prefix_space put before the text itself has no place, so nothing is moved for it. `text` is
/// the original, `ids` and `offsets` are its tokens'.
void trim_offsets(std::string_view text, const Vocabulary& vocabulary,
                  std::span<const std::uint32_t> ids, bool add_prefix_space,
                  std::span<TokenOffset> offsets);

}  // namespace kindred::text
