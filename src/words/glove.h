/// GloVe's training (kindred/word_training.h; Pennington et al. 2014).
///
/// Pairs are learned piece by piece of a tile, pieces in an order drawn anew for each epoch, pairs
/// of a tile in one drawn once (cooccurrence.h), so that rows stay in the cache for a while. A
/// word's vector is the sum of its two, as the paper has it (section 4.2).
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
Result<Matrix> train_glove(std::span<const std::filesystem::path> files,
                           const Vocabulary& vocabulary, const WordTraining& options,
                           const Progress& progress);

}  // namespace kindred::words
