// Classifiers made: learned from texts, made small, and their options looked for.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "kindred/text_classifier.h"
#include "words/classifier_training.h"
#include "words/fasttext_quantizer.h"
#include "words/shared_matrix.h"
#include "words/subwords.h"
#include "words/text_classifier_parts.h"
#include "words/window_update.h"
#include "words/word_files.h"

namespace kindred {
namespace {

using words::FastTextMatrix;
using words::FastTextModel;
using words::SharedMatrix;

Result<void> check(const ClassifierTraining& options) {
  const auto wrong = [](std::string problem) {
    return fail(ErrorCode::invalid_argument, std::move(problem));
  };
  if (options.dimensions < 1 || options.dimensions > words::kMostDimensions)
    return wrong(
        fmt::format("vectors of {} dimensions, 1 to 65536 can be learned", options.dimensions));
  if (options.epochs < 1) return wrong("0 epochs, 1 at least is needed");
  if (!(options.learning_rate > 0) || options.learning_rate > 100)
    return wrong(fmt::format("a learning rate of {}, above 0 and up to 100 is possible",
                             options.learning_rate));
  if (options.word_ngrams < 1 || options.word_ngrams > 100)
    return wrong(fmt::format("n-grams of {} words, 1 to 100 are possible", options.word_ngrams));
  KINDRED_TRY(words::check_ngrams(options.min_ngram, options.max_ngram));
  if ((options.max_ngram > 0 || options.word_ngrams > 1) &&
      (options.buckets < 1 || options.buckets > words::kMostBuckets))
    return wrong(
        fmt::format("{} buckets, 1 to {} are possible", options.buckets, words::kMostBuckets));
  if (options.negative < 1 || options.negative >= words::kMostOutputs)
    return wrong(fmt::format("{} drawn labels, 1 to {} are possible", options.negative,
                             words::kMostOutputs - 1));
  if (options.label_prefix.empty()) return wrong("labels need a prefix to be known by");
  return {};
}

Result<TextClassifier> learn(FastTextModel model, const words::LabelledTexts& texts,
                             SharedMatrix inputs, SharedMatrix outputs,
                             const ClassifierTraining& options, const Progress& progress) {
  KINDRED_TRY(words::train_classifier(texts, model, options, inputs, outputs, progress));
  model.input = words::given_away(std::move(inputs));
  model.output = words::given_away(std::move(outputs));
  return words::classifier_of(std::move(model), options.label_prefix);
}

SharedMatrix shared(const FastTextMatrix& matrix) {
  SharedMatrix rows(matrix.rows(), matrix.dimensions());
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    matrix.copy_row(i, {rows.row(i), matrix.dimensions()});
  return rows;
}

/// The rows with the longest vectors, in the order of the matrix; the line's end stays in any case.
std::vector<std::uint32_t> longest_rows(const FastTextModel& model, std::size_t count) {
  std::vector<float> lengths(model.input.rows());
  std::vector<float> row(model.input.dimensions());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    model.input.copy_row(i, row);
    lengths[i] = std::inner_product(row.begin(), row.end(), row.begin(), 0.0F);
  }
  if (const auto end = model.words.find(words::kLineEnd))
    lengths[*end] = std::numeric_limits<float>::infinity();
  std::vector<std::uint32_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](std::uint32_t i) { return lengths[i]; });
  order.resize(count);
  std::ranges::sort(order);
  return order;
}

/// The model with those of its rows only.
FastTextModel pruned(const FastTextModel& model, std::span<const std::uint32_t> rows) {
  FastTextModel small;
  small.settings = model.settings;
  small.labels = model.labels;
  small.corpus_words = model.corpus_words;
  small.output = model.output;
  auto& buckets = small.kept_buckets.emplace();
  SharedMatrix kept(rows.size(), model.input.dimensions());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    model.input.copy_row(rows[i], {kept.row(i), kept.dimensions()});
    if (rows[i] < model.words.size())
      small.words.add(model.words.word(rows[i]), model.words.count(rows[i]));
    else
      buckets.emplace(static_cast<std::uint32_t>(rows[i] - model.words.size()),
                      static_cast<std::uint32_t>(i - small.words.size()));
  }
  small.input = words::given_away(std::move(kept));
  return small;
}

FastTextMatrix quantized_matrix(const FastTextMatrix& matrix, std::size_t piece,
                                const ClassifierQuantization& options) {
  Matrix rows(matrix.rows(), matrix.dimensions());
  for (std::size_t i = 0; i < matrix.rows(); ++i) matrix.copy_row(i, rows.row(i));
  return words::quantize_rows(rows, piece, options.quantize_lengths, options.seed);
}

}  // namespace

Result<TextClassifier> train_text_classifier(std::span<const std::filesystem::path> files,
                                             const ClassifierTraining& options,
                                             const Progress& progress) {
  KINDRED_TRY(check(options));
  auto model = KINDRED_TRY(words::count_classifier_words(files, options));
  const auto texts = KINDRED_TRY(words::LabelledTexts::read(files, model, options.label_prefix));
  const std::size_t rows = model.words.size() + static_cast<std::size_t>(model.settings.buckets);
  SharedMatrix inputs(rows, options.dimensions);
  // Buckets that no n-gram comes to stay zeros.
  words::randomize(inputs, words::distinct(texts.all_rows()),
                   1.0F / static_cast<float>(options.dimensions), options.seed);
  SharedMatrix outputs(model.labels.size(), options.dimensions);
  return learn(std::move(model), texts, std::move(inputs), std::move(outputs), options, progress);
}

Result<TextClassifier> TextClassifier::quantized(const ClassifierQuantization& options,
                                                 std::span<const std::filesystem::path> texts,
                                                 const ClassifierTraining& training) const {
  const FastTextModel& model = parts_->model;
  if (model.input.quantized() != nullptr)
    return fail(ErrorCode::invalid_argument, "this classifier is quantized as it is");
  if (options.values_per_code < 1 || options.values_per_code > dimensions())
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} values can't become a code, 1 to {} can", options.values_per_code,
                            dimensions()));
  const bool prunes = options.cutoff > 0 && options.cutoff < model.input.rows();
  const std::size_t rows = prunes ? options.cutoff : model.input.rows();
  const std::size_t fewest = options.quantize_output ? std::min(rows, model.output.rows()) : rows;
  if (fewest < words::kFewestQuantizedRows)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} rows can't be quantized, {} at least are needed", fewest,
                            words::kFewestQuantizedRows));
  FastTextModel small = prunes ? pruned(model, longest_rows(model, options.cutoff)) : model;
  if (prunes && !texts.empty()) {
    const auto lines = KINDRED_TRY(words::LabelledTexts::read(texts, small, parts_->label_prefix));
    KINDRED_TRY(check(training));
    auto inputs = shared(small.input);
    auto outputs = shared(small.output);
    KINDRED_TRY(words::train_classifier(lines, small, training, inputs, outputs, {}));
    small.input = words::given_away(std::move(inputs));
    small.output = words::given_away(std::move(outputs));
  }
  small.input = quantized_matrix(small.input, options.values_per_code, options);
  if (options.quantize_output) small.output = quantized_matrix(small.output, 2, options);
  return words::classifier_of(std::move(small), parts_->label_prefix);
}

}  // namespace kindred
