/// The commands of `kindred classify`, each in a file of its own.
#pragma once

#include "command.h"
#include "kindred/text_classifier.h"

namespace kindred::cli {

void add_classify_train(CLI::App& classify, Action& action);
void add_classify_predict(CLI::App& classify, Action& action);
void add_classify_evaluate(CLI::App& classify, Action& action);
void add_classify_quantize(CLI::App& classify, Action& action);

/// Declares how a classifier learns; `loss` is parsed by parse_classifier_loss().
struct LearningOptions {
  ClassifierTraining training;
  std::string loss = "softmax";
  std::size_t threads = 0;
};
void add_learning_options(CLI::App& command, LearningOptions& options);
/// What was declared, with the number of threads set.
Result<ClassifierTraining> training_of(const LearningOptions& options);

}  // namespace kindred::cli
