/// kindred words: vectors of words, learned from text, asked and judged. One table of commands.
#include "command.h"
#include "commands/words/parts.h"

namespace kindred::cli {
namespace {

constexpr Command kCommands[] = {{add_words_train},   {add_words_nearest},  {add_words_similarity},
                                 {add_words_odd},     {add_words_explore},  {add_words_plot},
                                 {add_words_ngrams},  {add_words_evaluate}, {add_words_convert},
                                 {add_words_phrases}, {add_words_sif}};

}  // namespace

void add_words(CLI::App& program, Action& action) {
  auto* command =
      program.add_subcommand("words", "Vectors of words: learn, ask, judge and convert them");
  command->require_subcommand(1);
  for (const Command& row : kCommands) row.add(*command, action);
}

}  // namespace kindred::cli
