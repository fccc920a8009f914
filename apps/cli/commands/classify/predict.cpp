/// kindred classify predict: the labels of texts.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "command.h"
#include "commands/classify/parts.h"
#include "kindred/text_classifier.h"
#include "texts_input.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path model;
  TextsInput texts;
  std::size_t k = 1;
  float threshold = 0;
  bool json = false;
};

void print(const std::vector<TextLabel>& labels, bool json) {
  if (json) {
    nlohmann::json line = nlohmann::json::array();
    for (const auto& [label, probability] : labels)
      line.push_back({{"label", label}, {"probability", probability}});
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  for (std::size_t i = 0; i < labels.size(); ++i)
    fmt::print("{}{} {:.5f}", i == 0 ? "" : " ", labels[i].label, labels[i].probability);
  fmt::print("\n");
}

Result<void> predict(const Options& options) {
  const auto classifier = KINDRED_TRY(TextClassifier::open(options.model));
  const auto one = [&](std::string_view text, std::uint64_t) -> Result<void> {
    print(classifier.predict(text, options.k, options.threshold), options.json);
    return {};
  };
  for (const auto& path : options.texts.paths) KINDRED_TRY(for_each_text(options.texts, path, one));
  return {};
}

}  // namespace

void add_classify_predict(CLI::App& classify, Action& action) {
  auto* command = classify.add_subcommand(
      "predict", "The labels of texts and their probabilities, a line for each text");
  auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "Classifier: fastText's .bin or .ftz")
      ->required()
      ->type_name("FILE");
  add_texts_options(*command, options->texts);
  command->add_option("-k,--k", options->k, "Labels of a text, at most")->capture_default_str();
  command->add_option("--threshold", options->threshold, "Only labels at least so likely")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print a JSON array for each text");
  command->footer("Example:\n  echo 'Guten Morgen' | kindred classify predict lid.176.ftz -k 2");
  command->callback([options, &action] { action = [options] { return predict(*options); }; });
}

}  // namespace kindred::cli
