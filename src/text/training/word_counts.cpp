#include "text/training/word_counts.h"

#include <algorithm>

namespace kindred::text {

std::vector<WordCount> WordCounter::sorted() const {
  std::vector<WordCount> words;
  words.reserve(counts_.size());
  for (const auto& [word, count] : counts_) words.push_back({word, count});
  std::ranges::sort(words, {}, &WordCount::word);
  return words;
}

}  // namespace kindred::text
