/// Training of byte pair encoding: the most frequent pair of neighbouring symbols becomes a symbol,
/// again and again (Gage 1994, "A New Algorithm for Data Compression"; Sennrich et al. 2016,
/// arXiv:1508.07909, section 3.2).
///
/// Each pair knows its count and the words that it was seen in, so that a merge looks at those
/// words alone; a heap with counts that may be out of date gives the next pair. Of pairs of equal
/// count the one with the smaller ids is merged, so the result depends on the counts of words
/// alone, and is that of Hugging Face tokenizers' trainer.
///
/// Thread safety: a pure function. Cost: for each merge the words that have its pair; memory about
/// 30 bytes a symbol of the distinct words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"
#include "text/training/word_counts.h"

namespace kindred::text {

struct BpeTraining {
  std::size_t vocabulary_size = 30'000;
  std::uint64_t min_frequency = 2;  ///< of a pair, to be merged
  /// The first tokens.
  std::vector<std::string> special_tokens;
  /// Characters that are tokens whether the corpus has them or not.
  std::vector<std::string> alphabet;
  /// The most characters of the corpus that become tokens, the most frequent ones; 0: all. A word's
  /// other characters are left out of it.
  std::size_t limit_alphabet = 0;
  /// What symbols after the first of a word begin with: "##" for WordPiece.
  std::string continuing_prefix;
};

struct BpeVocabulary {
  std::vector<std::string> tokens;                              ///< by id
  std::vector<std::pair<std::uint32_t, std::uint32_t>> merges;  ///< ids, in their order
};

/// words: sorted, distinct. Fails where `progress` asks for it; that counts tokens.
Result<BpeVocabulary> train_bpe(std::span<const WordCount> words, const BpeTraining& options,
                                const Progress& progress = {});

}  // namespace kindred::text
