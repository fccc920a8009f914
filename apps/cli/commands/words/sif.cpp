/// kindred words sif: vectors whose means are good vectors of sentences.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "command.h"
#include "commands/words/parts.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path input;
  std::filesystem::path output;
  std::vector<std::filesystem::path> texts;
  double a = 1e-3;
  bool keep_common = false;
};

Result<void> sif(const Options& options) {
  const auto vectors = KINDRED_TRY(WordVectors::open(options.input));
  const auto weighted =
      KINDRED_TRY(sif_weighted(vectors, options.texts, options.a, options.keep_common));
  KINDRED_TRY(weighted.save(options.output, WordFormat::word2vec_binary));
  fmt::print(stderr, "{} words, {} dimensions, in {}\n", weighted.size(), weighted.dimensions(),
             options.output.string());
  return {};
}

}  // namespace

void add_words_sif(CLI::App& words, Action& action) {
  auto* command = words.add_subcommand(
      "sif", "Weight words by how rare they are, for vectors of sentences (embed --model FILE)");
  auto options = std::make_shared<Options>();
  command->add_option("input", options->input, "File of vectors")->required()->type_name("FILE");
  command->add_option("output", options->output, "File to write: word2vec's binary")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--texts", options->texts,
                   "Text, a sentence a line: how frequent words are, and what all sentences share")
      ->required()
      ->type_name("FILE...");
  command->add_option("--a", options->a, "A word of this share of the text counts half")
      ->capture_default_str();
  command->add_flag("--keep-common", options->keep_common,
                    "Leave in what the sentences have in common");
  command->footer(
      "Example:\n"
      "  kindred words sif words.bin sentences.bin --texts corpus.txt\n"
      "  kindred embed --model sentences.bin --input texts.txt --output vectors.npy");
  command->callback([options, &action] { action = [options] { return sif(*options); }; });
}

}  // namespace kindred::cli
