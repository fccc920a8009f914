/// kindred words phrases: text whose phrases are joined into words.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "commands/words/parts.h"
#include "kindred/word_training.h"

namespace kindred::cli {
namespace {

struct Options {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;
  PhraseOptions phrases;
};

Result<void> phrases(const Options& options) {
  const std::uint64_t joined =
      KINDRED_TRY(join_phrases(options.inputs, options.output, options.phrases));
  fmt::print(stderr, "{} pairs joined, in {}\n", joined, options.output.string());
  return {};
}

}  // namespace

void add_words_phrases(CLI::App& words, Action& action) {
  auto* command = words.add_subcommand(
      "phrases", "Write text with words that belong together joined: new_york");
  auto options = std::make_shared<Options>();
  command->add_option("--input", options->inputs, "Text, as train takes it")
      ->required()
      ->type_name("FILE...");
  command->add_option("--output", options->output, "Text to write")->required()->type_name("FILE");
  command
      ->add_option("--threshold", options->phrases.threshold,
                   "How much more often than by chance words have to follow each other")
      ->capture_default_str();
  command->add_option("--min-count", options->phrases.min_count, "Rarer pairs are no phrases")
      ->capture_default_str();
  command->add_option("--delimiter", options->phrases.delimiter, "What stands between joined words")
      ->capture_default_str();
  command->footer(
      "Example:\n  kindred words phrases --input corpus.txt --output phrases.txt\n"
      "Once more over phrases.txt joins up to four words.");
  command->callback([options, &action] { action = [options] { return phrases(*options); }; });
}

}  // namespace kindred::cli
