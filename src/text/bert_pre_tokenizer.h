/// BertPreTokenizer: words are what stands between spaces, and each punctuation character is a
/// word.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/unicode.h"

namespace kindred::text {

class BertPreTokenizer {
 public:
  BertPreTokenizer() {
    for (char32_t code = 0; code < ascii_.size(); ++code)
      ascii_[code] = flags_of(code) & (kSpace | kPunctuation);
  }

  /// Calls word(begin, end) for each word of `text`, in order, until it returns false.
  template <typename Word>
  void split(std::string_view text, const Word& word) const {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
      const auto byte = static_cast<unsigned char>(text[i]);
      Flags flags = 0;
      std::size_t size = 1;
      if (byte < 0x80) {
        flags = ascii_[byte];
      } else {
        const Decoded decoded = decode(text, i);
        flags = flags_of(decoded.code);
        size = decoded.size;
      }
      if ((flags & (kSpace | kPunctuation)) != 0) {
        if (begin < i && !word(begin, i)) return;
        if ((flags & kPunctuation) != 0 && !word(i, i + size)) return;
        begin = i + size;
      }
      i += size;
    }
    if (begin < text.size()) word(begin, text.size());
  }

 private:
  std::array<Flags, 128> ascii_;
};

}  // namespace kindred::text
