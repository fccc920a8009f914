/// kindred classify evaluate: how many labels of a file a classifier finds.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "commands/classify/parts.h"
#include "kindred/text_classifier.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path model;
  std::filesystem::path file;
  std::size_t k = 1;
  float threshold = 0;
  bool json = false;
};

Result<void> evaluate(const Options& options) {
  const auto classifier = KINDRED_TRY(TextClassifier::open(options.model));
  const auto score = KINDRED_TRY(classifier.evaluate(options.file, options.k, options.threshold));
  if (options.json) {
    fmt::print("{}\n", nlohmann::json({{"texts", score.texts},
                                       {"precision", score.precision},
                                       {"recall", score.recall},
                                       {"f1", score.f1()}})
                           .dump());
    return {};
  }
  fmt::print("texts      {}\nprecision  {:.4f}\nrecall     {:.4f}\nF1         {:.4f}\n",
             score.texts, score.precision, score.recall, score.f1());
  return {};
}

}  // namespace

void add_classify_evaluate(CLI::App& classify, Action& action) {
  auto* command =
      classify.add_subcommand("evaluate", "How many labels of a file a classifier finds");
  auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "Classifier: fastText's .bin or .ftz")
      ->required()
      ->type_name("MODEL");
  command->add_option("file", options->file, "A text a line with its labels")
      ->required()
      ->type_name("FILE");
  command->add_option("-k,--k", options->k, "Labels of a text, at most")->capture_default_str();
  command->add_option("--threshold", options->threshold, "Only labels at least so likely")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Example:\n  kindred classify evaluate classifier.bin test.txt");
  command->callback([options, &action] { action = [options] { return evaluate(*options); }; });
}

}  // namespace kindred::cli
