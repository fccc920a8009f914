/// kindred words ngrams: the parts that a word's vector is made of, and their vectors.
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
  std::filesystem::path file;
  std::string word;
};

Result<void> ngrams(const Options& options) {
  const auto vectors = KINDRED_TRY(WordVectors::open(options.file));
  const auto parts = vectors.subwords(options.word);
  if (parts.empty())
    return fail(ErrorCode::not_found,
                fmt::format("{}: has no vectors of parts of words", options.file.string()));
  for (const Subword& part : parts) {
    fmt::print("{}", part.text);
    for (const float value : part.vector) fmt::print(" {}", value);
    fmt::print("\n");
  }
  return {};
}

}  // namespace

void add_words_ngrams(CLI::App& words, Action& action) {
  auto* command = words.add_subcommand(
      "ngrams", "The parts of a word and their vectors, a line each (of a fastText model)");
  auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "fastText model")->required()->type_name("FILE");
  command->add_option("word", options->word, "Any word")->required()->type_name("WORD");
  command->footer("Example:\n  kindred words ngrams fasttext.bin riverbank");
  command->callback([options, &action] { action = [options] { return ngrams(*options); }; });
}

}  // namespace kindred::cli
