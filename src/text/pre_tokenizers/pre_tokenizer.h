/// A pre-tokenizer: cuts a normalized text into words, which the model cuts into tokens; no token
/// crosses the end of a word.
///
/// Thread safety: immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "text/normalized_text.h"

namespace kindred::text {

/// Bytes [begin, end) of a normalized text.
struct Word {
  std::uint32_t begin, end;
  bool operator==(const Word&) const = default;
};

/// A stretch of text between added tokens, and the words that it is cut into so far: at first one,
/// the whole stretch. Words are in order, do not overlap, and are not empty; bytes between them
/// belong to no word.
struct SplitText {
  NormalizedText normalized;
  std::vector<Word> words;
  bool at_start = false;  ///< the stretch begins the whole text

  std::string_view word(Word which) const {
    return std::string_view(normalized.text).substr(which.begin, which.end - which.begin);
  }
  /// Whether a word comes from the start of the whole text.
  bool begins_text(Word which) const {
    return normalized.with_origins ? normalized.origins[which.begin].begin == 0
                                   : at_start && which.begin == 0;
  }
};

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  /// Whether what split() does depends on where words come from, so that origins are to be kept
  /// even where nobody asks for offsets.
  virtual bool looks_at_origins() const { return false; }
  /// The same without spelling bytes as characters, for a model that reads bytes; none where it
  /// spells none.
  virtual std::unique_ptr<const PreTokenizer> without_spelling() const { return nullptr; }
  /// Cuts each word of `text` further, and may rewrite the words. `spare` is memory to work in: it
  /// is overwritten.
  virtual void split(SplitText& text, SplitText& spare) const = 0;
};

/// Cuts each word of `text` further. `cut(word, keep)` is called with the bytes of a word and calls
/// keep(begin, end) for each part of it, in order; empty parts are dropped.
template <typename Cut>
void split_each(SplitText& text, SplitText& spare, const Cut& cut) {
  spare.words.clear();
  for (const Word word : text.words)
    cut(text.word(word), [&](std::size_t begin, std::size_t end) {
      if (begin < end)
        spare.words.push_back({word.begin + static_cast<std::uint32_t>(begin),
                               word.begin + static_cast<std::uint32_t>(end)});
    });
  std::swap(text.words, spare.words);
}

}  // namespace kindred::text
