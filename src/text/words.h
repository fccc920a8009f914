/// Where the words of a text are.
///
/// A word is a run of letters, digits and marks (\w of regular expressions), with apostrophes
/// inside it; a Chinese character is a word of its own, and so is every other character that is not
/// white space. (After UAX #29, "Unicode Text Segmentation", section 4, without its dictionaries.)
///
/// Thread safety: pure. Cost: linear.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace kindred::text {

/// Bytes [begin, end) of a text.
struct WordPlace {
  std::size_t begin, end;
  bool operator==(const WordPlace&) const = default;
};

/// In order. Bytes that are not UTF-8 are words of their own.
std::vector<WordPlace> split_words(std::string_view text);

}  // namespace kindred::text
