#include "one_line.h"

#include <algorithm>
#include <cstdint>

namespace kindred::cli {
namespace {

/// The character at the start of the text, and how many bytes it has. Bytes that are not UTF-8
/// count as a character each.
struct Character {
  std::uint32_t code;
  std::size_t bytes;
};

Character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes == 1 || bytes > text.size()) return {lead, 1};
  std::uint32_t code = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i)
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  return {code, bytes};
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

std::size_t columns_of(std::uint32_t code) {
  const auto within = [code](std::uint32_t low, std::uint32_t high) {
    return code >= low && code <= high;
  };
  if (within(0x300, 0x36f) || within(0x200b, 0x200f) || within(0xfe00, 0xfe0f)) return 0;
  if (within(0x1100, 0x115f) || within(0x2e80, 0xa4cf) || within(0xac00, 0xd7a3) ||
      within(0xf900, 0xfaff) || within(0xfe30, 0xfe6f) || within(0xff00, 0xff60) ||
      within(0x1f300, 0x1faff) || within(0x20000, 0x3fffd))
    return 2;
  return 1;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool blank = false;
  while (!text.empty()) {
    const Character character = first_of(text);
    if (is_control(character.code) || character.code == ' ') {
      blank = !line.empty();
    } else {
      if (blank) line += ' ';
      blank = false;
      line += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return line;
}

std::string shortened(std::string_view text, std::size_t columns) {
  constexpr std::string_view kCut = "...";
  std::size_t used = 0;
  std::size_t fits = 0;  // bytes that leave room for kCut
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_of(text.substr(at));
    used += columns_of(character.code);
    at += character.bytes;
    if (used + kCut.size() <= columns) fits = at;
    if (used > columns) return std::string(text.substr(0, fits)) + std::string(kCut);
  }
  return std::string(text);
}

}  // namespace kindred::cli
