/// The commands of `kindred words`, each in a file of its own.
#pragma once

#include "command.h"

namespace kindred::cli {

void add_words_train(CLI::App& words, Action& action);
void add_words_nearest(CLI::App& words, Action& action);
void add_words_similarity(CLI::App& words, Action& action);
void add_words_phrases(CLI::App& words, Action& action);
void add_words_sif(CLI::App& words, Action& action);
void add_words_odd(CLI::App& words, Action& action);
void add_words_ngrams(CLI::App& words, Action& action);
void add_words_explore(CLI::App& words, Action& action);
void add_words_plot(CLI::App& words, Action& action);
void add_words_evaluate(CLI::App& words, Action& action);
void add_words_convert(CLI::App& words, Action& action);

}  // namespace kindred::cli
