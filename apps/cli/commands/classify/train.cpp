/// kindred classify train: a classifier from labelled texts.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "commands/classify/parts.h"
#include "kindred/text_classifier.h"
#include "progress_bar.h"

namespace kindred::cli {
namespace {

struct Options {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;
  LearningOptions learning;
  std::filesystem::path validation;
  double tune_seconds = 300;
};

Result<ClassifierTraining> tuned(const Options& options, const ClassifierTraining& training) {
  ProgressBar bar("steps");
  auto best = KINDRED_TRY(tune_text_classifier(options.inputs, options.validation,
                                               options.tune_seconds, training, bar.progress()));
  bar.finish();
  fmt::print(stderr,
             "best options: --learning-rate {:.4g} --epochs {} --dimensions {} --word-ngrams {} "
             "--min-ngram {} --max-ngram {}\n",
             best.learning_rate, best.epochs, best.dimensions, best.word_ngrams, best.min_ngram,
             best.max_ngram);
  return best;
}

Result<void> train(const Options& options) {
  ClassifierTraining training = KINDRED_TRY(training_of(options.learning));
  if (!options.validation.empty()) training = KINDRED_TRY(tuned(options, training));
  ProgressBar bar("texts");
  const auto classifier =
      KINDRED_TRY(train_text_classifier(options.inputs, training, bar.progress()));
  bar.finish();
  const double seconds = bar.seconds();
  KINDRED_TRY(classifier.save(options.output));
  fmt::print(stderr, "{} labels, {} dimensions, in {}, learned in {:.1f} s\n",
             classifier.labels().size(), classifier.dimensions(), options.output.string(), seconds);
  return {};
}

}  // namespace

void add_classify_train(CLI::App& classify, Action& action) {
  auto* command = classify.add_subcommand("train", "Learn a classifier from labelled texts");
  auto options = std::make_shared<Options>();
  ClassifierTraining& training = options->learning.training;
  command
      ->add_option("--input", options->inputs,
                   "A text a line with its labels (words like __label__cooking); plain, .gz or .xz")
      ->required()
      ->type_name("FILE...");
  command->add_option("--output", options->output, "File to write: fastText's .bin")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--loss", options->learning.loss,
                   "softmax, hs (a tree, for very many labels), ova (several labels a text) or ns")
      ->check([](const std::string& name) {
        const auto loss = parse_classifier_loss(name);
        return loss.has_value() ? std::string() : loss.error().message;
      })
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--dimensions", training.dimensions, "Values of a vector")
      ->capture_default_str();
  command
      ->add_option("--word-ngrams", training.word_ngrams,
                   "Words in a row that count as one thing too, at most")
      ->capture_default_str();
  command
      ->add_option("--max-ngram", training.max_ngram,
                   "Letters of parts of words, at most (0: words have no parts)")
      ->capture_default_str();
  command->add_option("--min-ngram", training.min_ngram, "Letters of parts of words, at least")
      ->capture_default_str();
  command->add_option("--buckets", training.buckets, "Vectors that all n-grams share")
      ->capture_default_str();
  command->add_option("--min-count", training.min_count, "Rarer words get no vector")
      ->capture_default_str();
  command->add_option("--min-label-count", training.min_label_count, "Rarer labels are left out")
      ->capture_default_str();
  command->add_option("--negative", training.negative, "Drawn labels, of ns")
      ->capture_default_str();
  command->add_option("--label-prefix", training.label_prefix, "What labels begin with")
      ->capture_default_str();
  add_learning_options(*command, options->learning);
  command
      ->add_option("--tune", options->validation,
                   "Labelled texts: look for the options that find these labels best")
      ->type_name("FILE");
  command->add_option("--tune-seconds", options->tune_seconds, "How long to look")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->footer(
      "Example:\n"
      "  kindred classify train --input train.txt --word-ngrams 2 --output classifier.bin");
  command->callback([options, &action] { action = [options] { return train(*options); }; });
}

}  // namespace kindred::cli
