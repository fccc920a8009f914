/// Training of a unigram vocabulary: of very many substrings those are kept with which a unigram
/// language model explains the corpus best (Kudo 2018, "Subword Regularization", arXiv:1804.10959,
/// section 3.2).
///
/// The seeds are the characters and the frequent substrings of the words (suffix_array.h). Then, in
/// turns: expectation-maximization finds the probability of each piece, with every segmentation of
/// a word weighed by its own; and the pieces are dropped without which the likelihood falls least,
/// until the vocabulary is small enough. As in SentencePiece, the maximization uses the digamma
/// function of the counts, which favours few pieces (Liang and Klein 2007). Scores are those of
/// Hugging Face tokenizers' trainer; which of two pieces of nearly the same use is dropped can
/// differ from it.
///
/// Thread safety: a pure function; the same result at any number of threads. Cost: about twenty
/// passes over the distinct words; memory about 100 bytes a character of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"
#include "text/training/word_counts.h"

namespace kindred::text {

struct UnigramTraining {
  std::size_t vocabulary_size =
      8'000;                          ///< the pieces that are returned; the unknown one not counted
  std::size_t max_piece_length = 16;  ///< characters
  std::size_t seed_size = 1'000'000;
  double shrinking_factor = 0.75;  ///< of the pieces that stay in each round
  std::size_t sub_iterations = 2;  ///< of expectation-maximization in each round
};

struct UnigramPiece {
  std::string text;
  double score = 0;  ///< the logarithm of its probability
  bool operator==(const UnigramPiece&) const = default;
};

/// The pieces, the most likely first; every character of the corpus is one of them. words: sorted,
/// distinct. Fails where the corpus has more characters than the vocabulary may have pieces, or
/// more than 2^31 in all, and where `progress` asks for it; that counts rounds.
Result<std::vector<UnigramPiece>> train_unigram(std::span<const WordCount> words,
                                                const UnigramTraining& options,
                                                const Progress& progress = {});

}  // namespace kindred::text
