/// Spectral vectors of words: the deterministic baseline (Levy and Goldberg 2014; Levy, Goldberg
/// and Dagan 2015, TACL).
///
/// With p(i|j) counted from the words near each other (cooccurrence.h), the matrix has
/// max(0, log(p(i, j) / (p(i) p(j)^0.75 / Z))), positive pointwise mutual information with smoothed
/// contexts. A word's vector is its row of U sqrt(S), of the largest singular values S of it
/// (math/randomized_svd.h).
///
/// The same vectors for the same text, at any number of threads. Cost: 12 bytes a pair and
/// direction beside counting them; ten passes over these.
#pragma once

#include <filesystem>
#include <span>

#include "kindred/matrix.h"
#include "kindred/progress.h"
#include "kindred/result.h"
#include "kindred/word_training.h"
#include "words/vocabulary.h"

namespace kindred::words {

/// One row for each word of the vocabulary; dimensions beyond the number of words are zeros.
Result<Matrix> train_spectral(std::span<const std::filesystem::path> files,
                              const Vocabulary& vocabulary, const WordTraining& options,
                              const Progress& progress);

}  // namespace kindred::words
