/// What a TextClassifier is made of: shared by the files of this room that make one.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "kindred/text_classifier.h"
#include "words/fasttext_model.h"
#include "words/label_tree.h"

namespace kindred {

struct TextClassifier::Parts {
  words::FastTextModel model;
  std::string label_prefix = std::string(words::kLabelPrefix);
  std::optional<words::LabelTree> tree;  // where labels are told by one
};

}  // namespace kindred

namespace kindred::words {

TextClassifier classifier_of(FastTextModel model, std::string label_prefix);

}  // namespace kindred::words
