#include "words/continued_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "words/fasttext_file.h"

namespace kindred::words {

Result<FastTextModel> open_start(const std::filesystem::path& path) {
  const auto wrong = [&](std::string_view problem) {
    return fail(ErrorCode::invalid_argument, fmt::format("{}: {}", path.string(), problem));
  };
  auto opened = KINDRED_TRY(base::MappedFile::open(path));
  const auto file = std::make_shared<const base::MappedFile>(std::move(opened));
  if (!is_fasttext(file->bytes()))
    return wrong("has vectors alone: learning goes on from files of the format fasttext");
  auto model = KINDRED_TRY(parse_fasttext(file->bytes(), file, path.string()));
  if (model.settings.kind == FastTextKind::classifier) return wrong("is a classifier");
  if (model.input.quantized() != nullptr || model.kept_buckets)
    return wrong("is quantized, learning can't go on from it");
  if (model.settings.loss != FastTextLoss::negative_sampling)
    return wrong("was learned by a tree of its words, which new text changes");
  return model;
}

WordTraining options_of(const FastTextModel& start, WordTraining options) {
  const FastTextSettings& settings = start.settings;
  options.algorithm =
      settings.kind == FastTextKind::cbow ? WordAlgorithm::cbow : WordAlgorithm::skip_gram;
  options.hierarchical_softmax = false;
  options.dimensions = static_cast<std::size_t>(settings.dimensions);
  options.min_ngram = static_cast<std::size_t>(settings.min_ngram);
  options.max_ngram = static_cast<std::size_t>(settings.max_ngram);
  options.buckets = static_cast<std::size_t>(settings.buckets);
  return options;
}

void take_rows(const FastTextModel& start, const Vocabulary& vocabulary, SharedMatrix& inputs,
               SharedMatrix& outputs) {
  const std::size_t dimensions = inputs.dimensions();
  for (std::size_t id = 0; id < start.words.size(); ++id) {
    const auto now = vocabulary.find(start.words.word(id));
    if (!now) continue;
    start.input.copy_row(id, {inputs.row(*now), dimensions});
    start.output.copy_row(id, {outputs.row(*now), dimensions});
  }
  std::vector<float> row(dimensions);
  for (std::size_t i = vocabulary.size(); i < inputs.rows(); ++i) {
    start.input.copy_row(start.words.size() + i - vocabulary.size(), row);
    // A bucket that no n-gram had come to may have one now.
    if (std::ranges::any_of(row, [](float value) { return value != 0; }))
      std::ranges::copy(row, inputs.row(i));
  }
}

}  // namespace kindred::words
