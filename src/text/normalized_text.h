/// A text on its way through a tokenizer: what normalizers made of it so far, and where each byte
/// came from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/tokenizer.h"

namespace kindred::text {

struct NormalizedText {
  std::string text;  ///< well-formed UTF-8
  /// One a byte of `text`, where `with_origins`, else empty: the bytes of the original that became
  /// its code point.
  std::vector<TokenOffset> origins;
  bool with_origins = false;

  /// Becomes empty, and keeps origins of what is appended, or does not.
  void clear(bool keep_origins) {
    text.clear();
    origins.clear();
    with_origins = keep_origins;
  }
  /// Becomes `original` with U+FFFD for what is not UTF-8; `first` is its offset in the whole text.
  void assign(std::string_view original, std::size_t first, bool keep_origins);

  /// Appends bytes [begin, end) of `from`, which keeps origins where this does.
  void append(const NormalizedText& from, std::size_t begin, std::size_t end) {
    text.append(from.text, begin, end - begin);
    if (with_origins)
      origins.insert(origins.end(), from.origins.begin() + static_cast<std::ptrdiff_t>(begin),
                     from.origins.begin() + static_cast<std::ptrdiff_t>(end));
  }
  /// Appends a code point that came from `origin`.
  void append(char32_t code, TokenOffset origin);
  /// Appends well-formed bytes that all came from `origin`.
  void append(std::string_view bytes, TokenOffset origin) {
    text.append(bytes);
    if (with_origins) origins.insert(origins.end(), bytes.size(), origin);
  }

  /// Where the byte at `position` came from; nowhere where there are no origins.
  TokenOffset origin(std::size_t position) const {
    return with_origins ? origins[position] : TokenOffset{};
  }
  /// Where [begin, end) of `text` came from.
  TokenOffset origin(std::size_t begin, std::size_t end) const {
    if (!with_origins || begin == end) return {};
    return {origins[begin].begin, origins[end - 1].end};
  }
};

}  // namespace kindred::text
