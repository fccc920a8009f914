/// How a classifier learns, as options of a command.
#include "commands/classify/parts.h"
#include "kindred/threads.h"

namespace kindred::cli {

void add_learning_options(CLI::App& command, LearningOptions& options) {
  ClassifierTraining& training = options.training;
  command.add_option("--epochs", training.epochs, "Passes over the texts")->capture_default_str();
  command.add_option("--learning-rate", training.learning_rate, "At the start")
      ->capture_default_str();
  command.add_option("--seed", training.seed, "Of everything drawn by chance")
      ->capture_default_str();
  command.add_flag("--deterministic", training.deterministic,
                   "The same classifier on every run: one thread learns");
  command.add_option("--threads", options.threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
}

Result<ClassifierTraining> training_of(const LearningOptions& options) {
  set_threads(options.threads);
  ClassifierTraining training = options.training;
  training.loss = KINDRED_TRY(parse_classifier_loss(options.loss));
  return training;
}

}  // namespace kindred::cli
