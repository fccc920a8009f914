/// A text on its way through a tokenizer: what a normalizer made of it, and where each byte came
/// from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/tokenizer.h"

namespace kindred::text {

struct NormalizedText {
  std::string text;  ///< UTF-8
  /// One a byte of `text`, where offsets are wanted, else empty: the bytes of the original that
  /// became its code point.
  std::vector<TokenOffset> origins;

  void clear() {
    text.clear();
    origins.clear();
  }
  /// Where [begin, end) of `text` came from.
  TokenOffset origin(std::size_t begin, std::size_t end) const {
    if (origins.empty() || begin == end) return {};
    return {origins[begin].begin, origins[end - 1].end};
  }
};

}  // namespace kindred::text
