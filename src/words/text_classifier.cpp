#include "kindred/text_classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "base/file_system.h"
#include "base/listed.h"
#include "base/mapped_file.h"
#include "files/excerpt.h"
#include "words/classifier_training.h"
#include "words/corpus.h"
#include "words/fasttext_file.h"
#include "words/text_classifier_parts.h"

namespace kindred {
namespace {

using words::FastTextKind;
using words::FastTextLoss;
using words::FastTextModel;

struct NamedLoss {
  ClassifierLoss loss;
  std::string_view name;
};
constexpr std::array kLosses = {
    NamedLoss{ClassifierLoss::softmax, "softmax"},
    NamedLoss{ClassifierLoss::hierarchical_softmax, "hs"},
    NamedLoss{ClassifierLoss::one_versus_all, "ova"},
    NamedLoss{ClassifierLoss::negative_sampling, "ns"},
};

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

/// As the original looks it up: of the next lower 32nd, and 0 or 1 beyond 8.
float sigmoid_by_steps(float x) {
  if (x < -8) return 0;
  return x > 8 ? 1 : sigmoid(std::floor(x * 32) / 32);
}

/// From products with all labels' rows to probabilities.
void to_probabilities(FastTextLoss loss, std::vector<float>& scores) {
  if (loss != FastTextLoss::softmax) {
    for (float& score : scores) score = sigmoid_by_steps(score);
    return;
  }
  const float largest = *std::ranges::max_element(scores);
  for (float& score : scores) score = std::exp(score - largest);
  const float sum = std::accumulate(scores.begin(), scores.end(), 0.0F);
  for (float& score : scores) score /= sum;
}

/// The mean of a text's rows; zeros where it has none.
std::vector<float> mean_of(const FastTextModel& model, std::span<const std::uint32_t> rows) {
  std::vector<float> mean(model.input.dimensions());
  for (const std::uint32_t row : rows) model.input.add_row(row, mean);
  if (!rows.empty())
    for (float& value : mean) value /= static_cast<float>(rows.size());
  return mean;
}

std::vector<std::pair<std::uint32_t, float>> likeliest(const TextClassifier::Parts& parts,
                                                       std::span<const std::uint32_t> rows,
                                                       std::size_t k, float threshold) {
  const FastTextModel& model = parts.model;
  if (rows.empty() || k == 0) return {};
  const std::vector<float> mean = mean_of(model, rows);
  if (parts.tree)
    return parts.tree->likeliest(k, threshold, [&](std::uint32_t node) {
      return sigmoid(model.output.dot_row(node, mean));
    });
  std::vector<float> scores(model.labels.size());
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = model.output.dot_row(i, mean);
  to_probabilities(model.settings.loss, scores);
  std::vector<std::pair<std::uint32_t, float>> found;
  for (std::uint32_t i = 0; i < scores.size(); ++i)
    if (scores[i] >= threshold)
      found.emplace_back(i, std::min(scores[i] + words::kProbabilityGuard, 1.0F));
  const auto better = [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  };
  const auto middle = found.begin() + static_cast<std::ptrdiff_t>(std::min(k, found.size()));
  std::partial_sort(found.begin(), middle, found.end(), better);
  found.erase(middle, found.end());
  return found;
}

}  // namespace

Result<ClassifierLoss> parse_classifier_loss(std::string_view name) {
  const auto* found = std::ranges::find(kLosses, name, &NamedLoss::name);
  if (found == kLosses.end())
    return fail(ErrorCode::invalid_argument,
                fmt::format("unknown loss \"{}\", known are: {}", files::excerpt(name),
                            base::listed(kLosses, &NamedLoss::name)));
  return found->loss;
}

TextClassifier::TextClassifier(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TextClassifier::TextClassifier(TextClassifier&&) noexcept = default;
TextClassifier& TextClassifier::operator=(TextClassifier&&) noexcept = default;
TextClassifier::~TextClassifier() = default;

Result<TextClassifier> TextClassifier::open(const std::filesystem::path& path) {
  auto opened = KINDRED_TRY(base::MappedFile::open(path));
  const auto file = std::make_shared<const base::MappedFile>(std::move(opened));
  if (!words::is_fasttext(file->bytes()))
    return fail(ErrorCode::corrupt, fmt::format("{}: is no model of fastText", path.string()));
  auto model = KINDRED_TRY(words::parse_fasttext(file->bytes(), file, path.string()));
  if (model.settings.kind != FastTextKind::classifier)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: has vectors of words, and no labels", path.string()));
  if (model.labels.size() == 0)
    return fail(ErrorCode::corrupt, fmt::format("{}: has no labels", path.string()));
  if (model.settings.loss == FastTextLoss::hierarchical_softmax &&
      !words::LabelTree::fits(model.labels.counts()))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the counts of its labels don't fall", path.string()));
  return words::classifier_of(std::move(model), std::string(words::kLabelPrefix));
}

Result<void> TextClassifier::save(const std::filesystem::path& path) const {
  return base::write_atomically(base::real_file_system(), path,
                                [&](base::WritableFile& file) -> Result<void> {
                                  return words::write_fasttext(file, parts_->model);
                                });
}

std::size_t TextClassifier::dimensions() const { return parts_->model.input.dimensions(); }

std::vector<std::string_view> TextClassifier::labels() const {
  std::vector<std::string_view> labels(parts_->model.labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = parts_->model.labels.word(i);
  return labels;
}

std::vector<TextLabel> TextClassifier::predict(std::string_view text, std::size_t k,
                                               float threshold) const {
  words::TextRows line(parts_->model, parts_->label_prefix);
  words::for_words(text, [&](std::string_view token) { line.add(token); }, [] {});
  line.end();
  std::vector<TextLabel> labels;
  for (const auto& [label, probability] : likeliest(*parts_, line.rows(), k, threshold))
    labels.push_back({.label = parts_->model.labels.word(label), .probability = probability});
  return labels;
}

std::vector<float> TextClassifier::text_vector(std::string_view text) const {
  words::TextRows line(parts_->model, parts_->label_prefix);
  words::for_words(text, [&](std::string_view token) { line.add(token); }, [] {});
  line.end();
  return mean_of(parts_->model, line.rows());
}

Result<ClassifierScore> TextClassifier::evaluate(const std::filesystem::path& path, std::size_t k,
                                                 float threshold) const {
  const auto texts = KINDRED_TRY(
      words::LabelledTexts::read(std::span(&path, 1), parts_->model, parts_->label_prefix));
  std::size_t right = 0;
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto labels = texts.labels(i);
    const auto hits = likeliest(*parts_, texts.rows(i), k, threshold);
    found += hits.size();
    wanted += labels.size();
    for (const auto& hit : hits)
      if (std::ranges::find(labels, hit.first) != labels.end()) ++right;
  }
  const auto share = [&](std::size_t of) {
    return of == 0 ? 0 : static_cast<double>(right) / static_cast<double>(of);
  };
  return ClassifierScore{.texts = texts.size(), .precision = share(found), .recall = share(wanted)};
}

namespace words {

TextClassifier classifier_of(FastTextModel model, std::string label_prefix) {
  auto parts = std::make_unique<TextClassifier::Parts>();
  parts->model = std::move(model);
  parts->label_prefix = std::move(label_prefix);
  if (parts->model.settings.loss == FastTextLoss::hierarchical_softmax)
    parts->tree.emplace(parts->model.labels.counts());
  return TextClassifier(std::move(parts));
}

}  // namespace words
}  // namespace kindred
