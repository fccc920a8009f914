/// The commands of `kindred words`, each in a file of its own.
#pragma once

#include "command.h"

namespace kindred::cli {

void add_words_train(CLI::App& words, Action& action);
void add_words_nearest(CLI::App& words, Action& action);
void add_words_evaluate(CLI::App& words, Action& action);
void add_words_convert(CLI::App& words, Action& action);

}  // namespace kindred::cli
