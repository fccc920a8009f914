/// word2vec's training: skip-gram and CBOW, with negative sampling or hierarchical softmax
/// (kindred/word_training.h).
///
/// As word2vec has it: subsampled words leave the sentence before windows are laid, a window's
/// width is drawn for each word, the learning rate falls linearly with the words that were read,
/// and skip-gram's inputs are the words around, its true output the word in the middle. Otherwise
/// than there, the words of a window share their drawn words, and change a window's outputs all at
/// once (window_update.h).
///
/// With n-grams (fastText, Bojanowski et al. 2017, arXiv:1607.04606) a word's input is the mean of
/// several rows (composed_rows.h), and words are drawn by the root of their counts, as there.
#pragma once

#include <filesystem>
#include <span>

#include "kindred/progress.h"
#include "kindred/result.h"
#include "kindred/word_training.h"
#include "words/fasttext_model.h"
#include "words/shared_matrix.h"
#include "words/vocabulary.h"

namespace kindred::words {

/// Words on each side of another that count as near, at most; of a basket, all. A basket with more
/// items is several.
inline constexpr std::size_t kWidestWindow = 1'000;

struct TrainedRows {
  SharedMatrix inputs;   ///< a row for each word, then for each bucket of n-grams
  SharedMatrix outputs;  ///< a row for each word, or inner node of the tree
};

/// `start`: a model whose rows learning goes on from (continued_training.h), or none.
Result<TrainedRows> train_word2vec(std::span<const std::filesystem::path> files,
                                   const Vocabulary& vocabulary, const WordTraining& options,
                                   const FastTextModel* start, const Progress& progress);

}  // namespace kindred::words
