#include "text/post_processors/trim_offsets.h"

#include <algorithm>

#include "text/byte_alphabet.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

bool is_blank(char32_t code) {
  return code == byte_alphabet()[' '] || (flags_of(code) & kSpace) != 0;
}

/// Where the code point begins that ends at `end`. Of bytes that are not UTF-8, those that decode()
/// takes together.
std::uint32_t last_code_point(std::string_view text, TokenOffset offset) {
  constexpr std::uint32_t kLongest = 4;
  for (std::uint32_t size = std::min(kLongest, offset.end - offset.begin); size > 1; --size)
    if (decode(text, offset.end - size).size == size) return offset.end - size;
  return offset.end - 1;
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
  for (; trailing > 0 && offset.begin < offset.end; --trailing)
    offset.end = last_code_point(text, offset);
}

}  // namespace kindred::text
