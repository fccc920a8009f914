/// kindred words evaluate: how word vectors answer analogies and judge pairs.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command.h"
#include "commands/words/parts.h"
#include "kindred/threads.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path file;
  std::vector<std::filesystem::path> analogies;
  std::vector<std::filesystem::path> similarities;
  std::string method = "cos-add";
  std::size_t restrict_to = 0;
  bool json = false;
  std::size_t threads = 0;
};

nlohmann::json as_json(const AnalogySection& section) {
  return {{"name", section.name},
          {"asked", section.asked},
          {"correct", section.correct},
          {"left_out", section.left_out},
          {"accuracy", section.accuracy()}};
}

void print(const AnalogySection& section) {
  fmt::print("{:<32} {:.4f}  {} of {} right, {} left out\n", section.name, section.accuracy(),
             section.correct, section.asked, section.left_out);
}

Result<void> evaluate(const Options& options) {
  set_threads(options.threads);
  const AnalogyMethod method = KINDRED_TRY(parse_analogy_method(options.method));
  const auto vectors = KINDRED_TRY(WordVectors::open(options.file));
  nlohmann::json output = {{"analogies", nlohmann::json::array()},
                           {"similarity", nlohmann::json::array()}};
  for (const auto& path : options.analogies) {
    const auto result = KINDRED_TRY(
        evaluate_analogies(vectors, path, {.method = method, .restrict_to = options.restrict_to}));
    nlohmann::json sections = nlohmann::json::array();
    for (const AnalogySection& section : result.sections) {
      sections.push_back(as_json(section));
      if (!options.json) print(section);
    }
    if (!options.json) print(result.total);
    output["analogies"].push_back(
        {{"file", path.string()}, {"sections", sections}, {"total", as_json(result.total)}});
  }
  for (const auto& path : options.similarities) {
    const auto result = KINDRED_TRY(evaluate_similarity(vectors, path));
    if (!options.json)
      fmt::print("{:<32} {:.4f}  Spearman, {:.4f} Pearson, {} pairs, {} left out\n",
                 path.filename().string(), result.spearman, result.pearson, result.pairs,
                 result.left_out);
    output["similarity"].push_back({{"file", path.string()},
                                    {"spearman", result.spearman},
                                    {"pearson", result.pearson},
                                    {"pairs", result.pairs},
                                    {"left_out", result.left_out}});
  }
  if (options.json)
    fmt::print("{}\n", output.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return {};
}

}  // namespace

void add_words_evaluate(CLI::App& words, Action& action) {
  auto* command =
      words.add_subcommand("evaluate", "Judge vectors of words by analogies and by pairs");
  auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "File of vectors")->required()->type_name("FILE");
  auto* analogies = command
                        ->add_option("--analogies", options->analogies,
                                     "Questions, four words a line, \": NAME\" before each section")
                        ->type_name("FILE...");
  auto* similarities =
      command
          ->add_option("--similarity", options->similarities,
                       "Pairs that people have judged: two words and a number a line")
          ->type_name("FILE...");
  command
      ->add_option("--method", options->method,
                   "How analogies are answered: cos-add, cos-mul or pair-direction")
      ->check([](const std::string& name) {
        const auto parsed = parse_analogy_method(name);
        return parsed.has_value() ? std::string() : parsed.error().message;
      })
      ->type_name("NAME")
      ->capture_default_str();
  command
      ->add_option("--restrict", options->restrict_to,
                   "Analogies: only the first so many words of the file (0: all)")
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Example:\n"
      "  kindred words evaluate words.bin --analogies questions-words.txt --restrict 30000 "
      "--similarity EN-*.txt");
  command->callback([options, analogies, similarities, &action] {
    if (analogies->empty() && similarities->empty())
      throw UsageError("nothing to evaluate by: name --analogies or --similarity");
    action = [options] { return evaluate(*options); };
  });
}

}  // namespace kindred::cli
