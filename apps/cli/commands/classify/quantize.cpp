/// kindred classify quantize: a classifier in less space.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "command.h"
#include "commands/classify/parts.h"
#include "kindred/text_classifier.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path model;
  std::filesystem::path output;
  ClassifierQuantization quantization;
  std::vector<std::filesystem::path> texts;
  LearningOptions learning;
};

Result<void> quantize(const Options& options) {
  const auto training = KINDRED_TRY(training_of(options.learning));
  const auto classifier = KINDRED_TRY(TextClassifier::open(options.model));
  const auto small =
      KINDRED_TRY(classifier.quantized(options.quantization, options.texts, training));
  KINDRED_TRY(small.save(options.output));
  fmt::print(stderr, "{}: {} bytes\n", options.output.string(),
             std::filesystem::file_size(options.output));
  return {};
}

}  // namespace

void add_classify_quantize(CLI::App& classify, Action& action) {
  auto* command =
      classify.add_subcommand("quantize", "Write a classifier in less space: fastText's .ftz");
  auto options = std::make_shared<Options>();
  ClassifierQuantization& quantization = options->quantization;
  command->add_option("model", options->model, "Classifier: fastText's .bin")
      ->required()
      ->type_name("FILE");
  command->add_option("output", options->output, "File to write")->required()->type_name("FILE");
  command
      ->add_option("--cutoff", quantization.cutoff,
                   "Words and n-grams that stay, those with the longest vectors (0: all)")
      ->capture_default_str();
  command
      ->add_option("--retrain", options->texts,
                   "Labelled texts: what stays after the cutoff learns from them again")
      ->type_name("FILE...");
  command
      ->add_option("--values-per-code", quantization.values_per_code,
                   "Values of a vector that become one byte")
      ->capture_default_str();
  command->add_flag("--lengths", quantization.quantize_lengths,
                    "Keep the vectors' lengths by themselves: a byte more each, closer to them");
  command->add_flag("--labels", quantization.quantize_output,
                    "The labels' vectors too: for very many labels");
  add_learning_options(*command, options->learning);
  command->footer(
      "Example:\n"
      "  kindred classify quantize classifier.bin classifier.ftz --cutoff 100000 --retrain "
      "train.txt --lengths");
  command->callback([options, &action] { action = [options] { return quantize(*options); }; });
}

}  // namespace kindred::cli
