/// kindred words convert: a file of word vectors in another format.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "command.h"
#include "commands/words/parts.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path input;
  std::filesystem::path output;
  std::string format;
};

Result<void> convert(const Options& options) {
  const WordFormat format = KINDRED_TRY(parse_word_format(options.format));
  const auto vectors = KINDRED_TRY(WordVectors::open(options.input));
  KINDRED_TRY(vectors.save(options.output, format));
  fmt::print(stderr, "{} words, {} dimensions, in {}\n", vectors.size(), vectors.dimensions(),
             options.output.string());
  return {};
}

}  // namespace

void add_words_convert(CLI::App& words, Action& action) {
  auto* command = words.add_subcommand("convert", "Write vectors of words in another format");
  auto options = std::make_shared<Options>();
  command
      ->add_option("input", options->input,
                   "File of vectors: word2vec's text or binary, fastText's .vec, GloVe's text")
      ->required()
      ->type_name("FILE");
  command->add_option("output", options->output, "File to write")->required()->type_name("FILE");
  command
      ->add_option("--format", options->format,
                   "text or binary (word2vec's), glove, fasttext or npy")
      ->required()
      ->check([](const std::string& name) {
        const auto format = parse_word_format(name);
        return format.has_value() ? std::string() : format.error().message;
      })
      ->type_name("NAME");
  command->footer("Example:\n  kindred words convert glove.6B.50d.txt glove.bin --format binary");
  command->callback([options, &action] { action = [options] { return convert(*options); }; });
}

}  // namespace kindred::cli
