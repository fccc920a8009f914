/// How fastText's classifier learns (kindred/text_classifier.h).
///
/// Texts are read once, into the numbers of their rows. A step takes one text: the mean of its rows
/// is told from the other labels', and each of its rows gets the change over their number. Threads
/// change the matrices at once, without locks (shared_matrix.h).
///
/// Thread safety: as stated for each. Cost: of a text, two passes over its rows, and three over the
/// labels' (softmax).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"
#include "kindred/text_classifier.h"
#include "words/fasttext_model.h"
#include "words/shared_matrix.h"

namespace kindred::words {

/// The words and labels of the texts, and the settings: a model without matrices.
Result<FastTextModel> count_classifier_words(std::span<const std::filesystem::path> files,
                                             const ClassifierTraining& options);

/// Texts that have a label, as rows.
class LabelledTexts {
 public:
  static Result<LabelledTexts> read(std::span<const std::filesystem::path> files,
                                    const FastTextModel& model, std::string_view label_prefix);

  std::size_t size() const { return rows_.size(); }
  std::span<const std::uint32_t> rows(std::size_t text) const { return rows_.of(text); }
  std::span<const std::uint32_t> labels(std::size_t text) const { return labels_.of(text); }
  /// The rows of all texts.
  std::span<const std::uint32_t> all_rows() const { return rows_.all(); }

 private:
  /// Lists of numbers behind each other.
  class Lists {
   public:
    std::size_t size() const { return begins_.size() - 1; }
    std::span<const std::uint32_t> of(std::size_t i) const {
      return std::span(numbers_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
    }
    std::span<const std::uint32_t> all() const { return numbers_; }
    void add(std::span<const std::uint32_t> numbers) {
      numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
      begins_.push_back(numbers_.size());
    }

   private:
    std::vector<std::size_t> begins_ = {0};
    std::vector<std::uint32_t> numbers_;
  };
  Lists rows_;
  Lists labels_;
};

/// Learns from the texts what `inputs` and `outputs` hold, in place; dimensions and loss are the
/// model's.
Result<void> train_classifier(const LabelledTexts& texts, const FastTextModel& model,
                              const ClassifierTraining& options, SharedMatrix& inputs,
                              SharedMatrix& outputs, const Progress& progress);

}  // namespace kindred::words
