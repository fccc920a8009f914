/// Going on where a training ended: with new text, and words that it brings.
///
/// What was learned is a fastText model with both of its matrices. Its words stay, with their rows
/// and with counts that the new text adds to; words of the text that come often enough join them.
/// A word that was rare before is as new as any other. Settings that shape the rows are the
/// model's.
///
/// Thread safety: pure functions. Cost: a copy of the model's rows.
#pragma once

#include <filesystem>

#include "kindred/result.h"
#include "kindred/word_training.h"
#include "words/fasttext_model.h"
#include "words/shared_matrix.h"
#include "words/vocabulary.h"

namespace kindred::words {

/// Fails where the file is no model of words that learning can go on from: one by hierarchical
/// softmax (its tree changes with the words), a quantized one, a classifier.
Result<FastTextModel> open_start(const std::filesystem::path& path);

/// The options, with the model's algorithm, dimensions, n-grams and buckets.
WordTraining options_of(const FastTextModel& start, WordTraining options);

/// Gives the words and buckets of the model the rows that they have there.
void take_rows(const FastTextModel& start, const Vocabulary& vocabulary, SharedMatrix& inputs,
               SharedMatrix& outputs);

}  // namespace kindred::words
