/// The parts of words that fastText makes vectors of (Bojanowski et al. 2017, arXiv:1607.04606,
/// section 3.2): character n-grams of the word between "<" and ">", each hashed into a bucket.
///
/// A character is a byte and the UTF-8 continuation bytes behind it; other bytes are characters of
/// their own. Hash, order and buckets are those of the original program, so that its files mean the
/// same here.
///
/// Thread safety: pure functions. Cost: a few nanoseconds for each byte of each n-gram.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::words {

struct SubwordLengths {
  std::size_t shortest = 3;  ///< characters
  std::size_t longest = 6;   ///< 0: words have no parts
};

/// What ends a line, in files of fastText: a word without parts.
inline constexpr std::string_view kLineEnd = "</s>";

/// Characters of an n-gram, and buckets, at most.
inline constexpr std::size_t kLongestNgram = 1'000;
inline constexpr std::size_t kMostBuckets = 2'000'000'000;

/// Whether there are n-grams of such lengths, or none are wanted (`longest` is 0).
Result<void> check_ngrams(std::size_t shortest, std::size_t longest);

/// FNV-1a in 32 bits, bytes above 127 taken as negative numbers, as the first program had it.
constexpr std::uint32_t fasttext_hash(std::string_view bytes) {
  std::uint32_t hash = 2166136261;
  for (const char byte : bytes) {
    hash ^= static_cast<std::uint32_t>(static_cast<std::int8_t>(byte));
    hash *= 16777619;
  }
  return hash;
}

/// Calls each(n-gram) in the order of their places. "<" and ">" alone are none.
template <typename Each>
void for_ngrams(std::string_view word, SubwordLengths lengths, Each&& each) {
  if (lengths.longest == 0 || word == kLineEnd) return;
  std::string framed = "<";
  framed += word;
  framed += '>';
  const auto continues = [&](std::size_t i) {
    return (static_cast<unsigned char>(framed[i]) & 0xC0U) == 0x80U;
  };
  for (std::size_t begin = 0; begin < framed.size(); ++begin) {
    if (continues(begin)) continue;
    std::size_t end = begin;
    for (std::size_t length = 1; length <= lengths.longest && end < framed.size(); ++length) {
      ++end;
      while (end < framed.size() && continues(end)) ++end;
      const bool frame = length == 1 && (begin == 0 || end == framed.size());
      if (length >= lengths.shortest && !frame)
        each(std::string_view(framed).substr(begin, end - begin));
    }
  }
}

}  // namespace kindred::words
