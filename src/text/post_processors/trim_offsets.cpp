#include "text/post_processors/trim_offsets.h"

#include <algorithm>

#include "text/byte_alphabet.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

bool is_blank(char32_t code) {
  return code == byte_alphabet()[' '] || (flags_of(code) & kSpace) != 0;
}

}  // namespace

Blanks blanks_of(std::string_view token) {
  Blanks blanks;
  bool only = true;
  for (std::size_t i = 0; i < token.size();) {
    const auto [code, size] = decode(token, i);
    const bool blank = is_blank(code);
    only = only && blank;
    if (only) ++blanks.leading;
    blanks.trailing = blank ? blanks.trailing + 1 : 0;
    i += size;
  }
  return blanks;
}

void trim_offset(std::string_view text, Blanks blanks, OffsetTrim trim, bool first,
                 TokenOffset& offset) {
  auto [leading, trailing] = blanks;
  if (((first && trim.at_start) || offset.begin == 0) && trim.add_prefix_space && leading == 1)
    leading = 0;
  for (; leading > 0 && offset.begin < offset.end; --leading)
    offset.begin = std::min(offset.begin + decode(text, offset.begin).size, offset.end);
  for (; trailing > 0 && offset.begin < offset.end; --trailing) {
    std::uint32_t before = offset.end - 1;
    while (before > offset.begin && (static_cast<unsigned char>(text[before]) & 0xC0) == 0x80)
      --before;
    offset.end = before;
  }
}

}  // namespace kindred::text
