/// kindred words similarity: how near two words, or two sums of words, are.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "command.h"
#include "commands/words/parts.h"
#include "commands/words/sum.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path file;
  std::string one;
  std::string other;
};

Result<void> similarity(const Options& options) {
  const auto vectors = KINDRED_TRY(WordVectors::open(options.file));
  const auto one = KINDRED_TRY(parse_sum(options.one, vectors));
  const auto other = KINDRED_TRY(parse_sum(options.other, vectors));
  fmt::print("{:.4f}\n", cosine(one.vector, other.vector));
  return {};
}

}  // namespace

void add_words_similarity(CLI::App& words, Action& action) {
  auto* command =
      words.add_subcommand("similarity", "The cosine of two words, or of two phrases in quotes");
  auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "File of vectors")->required()->type_name("FILE");
  command->add_option("one", options->one, "A word, or several: their sum")
      ->required()
      ->type_name("WORDS");
  command->add_option("other", options->other, "The same")->required()->type_name("WORDS");
  command->footer("Example:\n  kindred words similarity words.bin 'old castle' palace");
  command->callback([options, &action] { action = [options] { return similarity(*options); }; });
}

}  // namespace kindred::cli
