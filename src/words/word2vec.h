/// word2vec's training: skip-gram and CBOW, with negative sampling or hierarchical softmax
/// (kindred/word_training.h).
///
/// As word2vec has it: subsampled words leave the sentence before windows are laid, a window's
/// width is drawn for each word, the learning rate falls linearly with the words that were read,
/// and skip-gram's inputs are the words around, its true output the word in the middle. Otherwise
/// than there, the words of a window share their drawn words, and change a window's outputs all at
/// once (window_update.h).
#pragma once

#include <filesystem>
#include <span>

#include "kindred/matrix.h"
#include "kindred/progress.h"
#include "kindred/result.h"
#include "kindred/word_training.h"
#include "words/vocabulary.h"

namespace kindred::words {

/// One row for each word of the vocabulary.
Result<Matrix> train_word2vec(std::span<const std::filesystem::path> files,
                              const Vocabulary& vocabulary, const WordTraining& options,
                              const Progress& progress);

}  // namespace kindred::words
