/// Rewrites a normalized text code point by code point, origins by the reference's rule
/// (NormalizedString::transform of Hugging Face tokenizers).
///
/// The rule knows two moves. A code point that replaces takes the origin of the next one that is
/// not yet used up, and may use up more behind it, which go; one that is inserted takes the origin
/// of the one used up last. So origins go with places, not with code points: where a normalizer
/// changes their order, marks move and origins stay.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "text/normalized_text.h"
#include "text/unicode/unicode.h"

namespace kindred::text {

class Rewriter {
 public:
  /// `to` is emptied, and keeps origins where `from` does.
  Rewriter(const NormalizedText& from, NormalizedText& to) : from_(from), to_(to) {
    to_.clear(from.with_origins);
    to_.text.reserve(from.text.size());
    if (from.with_origins) to_.origins.reserve(from.text.size());
  }

  /// Appends a code point. `change` 1: it is inserted; 0: it replaces one; -n: it replaces one, and
  /// n more behind that go.
  void put(char32_t code, int change) {
    char bytes[4];
    const std::string_view encoded(bytes, encode(code, bytes));
    if (!to_.with_origins) {
      to_.text.append(encoded);
      return;
    }
    if (change > 0) {
      to_.append(encoded, used_ == 0 ? TokenOffset{} : from_.origins[used_ - 1]);
      return;
    }
    to_.append(encoded, from_.origins[std::min(used_, from_.text.size() - 1)]);
    for (int i = change; i <= 0 && used_ < from_.text.size(); ++i)
      used_ += decode(from_.text, used_).size;
  }

  /// Appends bytes [begin, end) of the text as they are: each code point replaces one.
  void copy(std::size_t begin, std::size_t end) {
    if (!to_.with_origins || used_ == begin) {
      to_.append(from_, begin, end);
      used_ = end;
      return;
    }
    while (begin < end) {
      const auto [code, size] = decode(from_.text, begin);
      put(code, 0);
      begin += size;
    }
  }

 private:
  const NormalizedText& from_;
  NormalizedText& to_;
  std::size_t used_ = 0;  // bytes of `from`
};

}  // namespace kindred::text
