#include "text/normalized_text.h"

#include <cstdint>
#include <cstring>

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

/// The first byte at or after `begin` that is not ASCII, or the size.
std::size_t end_of_ascii(std::string_view text, std::size_t begin) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t i = begin;
  for (std::uint64_t bytes = 0; i + sizeof(bytes) <= text.size(); i += sizeof(bytes)) {
    std::memcpy(&bytes, text.data() + i, sizeof(bytes));
    if ((bytes & kHighBits) != 0) break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

void NormalizedText::append(char32_t code, TokenOffset origin) {
  char bytes[4];
  append(std::string_view(bytes, encode(code, bytes)), origin);
}

void NormalizedText::assign(std::string_view original, std::size_t first, bool keep_origins) {
  clear(keep_origins);
  text.reserve(original.size());
  for (std::size_t i = 0; i < original.size();) {
    const std::size_t end = end_of_ascii(original, i);
    text.append(original, i, end - i);
    if (with_origins)
      for (std::size_t j = i; j < end; ++j)
        origins.push_back(
            {static_cast<std::uint32_t>(first + j), static_cast<std::uint32_t>(first + j + 1)});
    i = end;
    while (i < original.size() && static_cast<unsigned char>(original[i]) >= 0x80) {
      const auto [code, size] = decode(original, i);
      append(code,
             {static_cast<std::uint32_t>(first + i), static_cast<std::uint32_t>(first + i + size)});
      i += size;
    }
  }
}

}  // namespace kindred::text
