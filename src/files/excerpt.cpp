#include "files/excerpt.h"

#include <simdjson.h>

#include <algorithm>

namespace kindred::files {

std::string excerpt(std::string_view text, std::size_t limit) {
  std::size_t end = std::min(text.size(), limit);
  while (end > 0 && end < text.size() && (text[end] & 0xc0) == 0x80) --end;  // whole characters
  std::string shown(text.substr(0, end));
  const bool utf8 = simdjson::validate_utf8(shown.data(), shown.size());
  for (char& c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) c = '?';
  }
  return end < text.size() ? shown + "..." : shown;
}

}  // namespace kindred::files
