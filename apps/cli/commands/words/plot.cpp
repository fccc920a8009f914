/// kindred words plot: a picture of words.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "commands/words/parts.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path file;
  std::vector<std::string> words;
  std::vector<std::string> arrows;
  std::filesystem::path output;
};

Result<void> plot(const Options& options) {
  const auto vectors = KINDRED_TRY(WordVectors::open(options.file));
  WordPicture picture;
  for (const std::string& word : options.words) picture.words.emplace_back(word);
  for (const std::string& arrow : options.arrows) {
    const auto colon = arrow.find(':');
    if (colon == std::string::npos)
      throw UsageError(fmt::format("--arrows: \"{}\" is not of the form FROM:TO", arrow));
    const std::string_view text = arrow;
    picture.arrows.emplace_back(text.substr(0, colon), text.substr(colon + 1));
  }
  KINDRED_TRY(draw_words(vectors, picture, options.output));
  return {};
}

}  // namespace

void add_words_plot(CLI::App& words, Action& action) {
  auto* command =
      words.add_subcommand("plot", "Draw words by their two largest principal components, as SVG");
  auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "File of vectors")->required()->type_name("FILE");
  command->add_option("--words", options->words, "Words to draw")->type_name("WORDS");
  command
      ->add_option("--arrows", options->arrows,
                   "Pairs of words to draw with an arrow between them: man:woman king:queen")
      ->type_name("FROM:TO...");
  command->add_option("--output", options->output, "File to write")
      ->required()
      ->type_name("FILE.svg");
  command->footer(
      "Example:\n"
      "  kindred words plot words.bin --arrows man:woman king:queen --words castle river "
      "--output words.svg");
  command->callback([options, &action] { action = [options] { return plot(*options); }; });
}

}  // namespace kindred::cli
