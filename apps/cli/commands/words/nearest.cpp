/// kindred words nearest: the words nearest to one, or to a sum of several.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command.h"
#include "commands/words/parts.h"
#include "commands/words/sum.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path file;
  std::vector<std::string> expression;
  std::size_t k = 10;
  std::size_t restrict_to = 0;
  bool json = false;
};

Result<void> nearest(const Options& options) {
  const auto vectors = KINDRED_TRY(WordVectors::open(options.file));
  const auto sum =
      KINDRED_TRY(parse_sum(fmt::format("{}", fmt::join(options.expression, " ")), vectors));
  const auto hits = vectors.nearest(
      sum.vector, {.k = options.k, .restrict_to = options.restrict_to, .leave_out = sum.words});
  if (options.json) {
    nlohmann::json output = nlohmann::json::array();
    for (const WordHit& hit : hits)
      output.push_back({{"word", vectors.word(hit.id)}, {"score", hit.score}});
    fmt::print("{}\n", output.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return {};
  }
  for (const WordHit& hit : hits) fmt::print("{:.4f}  {}\n", hit.score, vectors.word(hit.id));
  return {};
}

}  // namespace

void add_words_nearest(CLI::App& words, Action& action) {
  auto* command =
      words.add_subcommand("nearest", "The words nearest to one, or to a sum: king - man + woman");
  auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "File of vectors")->required()->type_name("FILE");
  command
      ->add_option("words", options->expression,
                   "A word, or several with + and - before them; in quotes, so that - is no option")
      ->required()
      ->type_name("WORDS");
  command->add_option("-k,--k", options->k, "How many")->capture_default_str();
  command
      ->add_option("--restrict", options->restrict_to,
                   "Only the first so many words of the file, the frequent ones (0: all)")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Examples:\n"
      "  kindred words nearest words.bin river\n"
      "  kindred words nearest words.bin 'king - man + woman'");
  command->callback([options, &action] { action = [options] { return nearest(*options); }; });
}

}  // namespace kindred::cli
