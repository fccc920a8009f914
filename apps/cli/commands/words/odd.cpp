/// kindred words odd: the word that does not match the others.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "commands/words/parts.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path file;
  std::vector<std::string> words;
};

Result<void> odd(const Options& options) {
  const auto vectors = KINDRED_TRY(WordVectors::open(options.file));
  const std::vector<std::string_view> words(options.words.begin(), options.words.end());
  const std::size_t place = KINDRED_TRY(odd_one_out(vectors, words));
  fmt::print("{}\n", words[place]);
  return {};
}

}  // namespace

void add_words_odd(CLI::App& words, Action& action) {
  auto* command = words.add_subcommand("odd", "Of some words, the one that does not match");
  auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "File of vectors")->required()->type_name("FILE");
  command->add_option("words", options->words, "Two words or more")->required()->type_name("WORDS");
  command->footer("Example:\n  kindred words odd words.bin breakfast cereal dinner lunch");
  command->callback([options, &action] { action = [options] { return odd(*options); }; });
}

}  // namespace kindred::cli
