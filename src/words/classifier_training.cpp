#include "words/classifier_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "base/random.h"
#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "words/corpus.h"
#include "words/label_tree.h"
#include "words/negative_sampler.h"
#include "words/softmax_update.h"
#include "words/window_update.h"

namespace kindred::words {
namespace {

constexpr std::size_t kTextsAtOnce = 64;  // that a thread takes
constexpr double kLabelPower = 0.5;       // of counts, when labels are drawn

/// Words, or labels, that come often enough, the most frequent first; those of the same count as
/// they came.
WordTable frequent(const WordTable& counted, std::uint64_t min_count) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t id = 0; id < counted.size(); ++id)
    if (counted.count(id) >= min_count) order.push_back(id);
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](std::uint32_t id) { return counted.count(id); });
  WordTable table;
  for (const std::uint32_t id : order) table.add(counted.word(id), counted.count(id));
  return table;
}

FastTextLoss loss_of(ClassifierLoss loss) {
  constexpr std::array kLosses = {FastTextLoss::softmax, FastTextLoss::hierarchical_softmax,
                                  FastTextLoss::one_versus_all, FastTextLoss::negative_sampling};
  return kLosses[static_cast<std::size_t>(loss)];
}

FastTextSettings settings_of(const ClassifierTraining& options) {
  const bool ngrams = options.word_ngrams > 1 || options.max_ngram > 0;
  return {.dimensions = setting(options.dimensions),
          .epochs = setting(options.epochs),
          .min_count = setting(options.min_count),
          .negative = setting(options.negative),
          .word_ngrams = setting(options.word_ngrams),
          .loss = loss_of(options.loss),
          .kind = FastTextKind::classifier,
          .buckets = ngrams ? setting(options.buckets) : 0,
          .min_ngram = setting(options.min_ngram),
          .max_ngram = setting(options.max_ngram)};
}

/// What all threads see.
struct Training {
  const LabelledTexts& texts;
  const FastTextModel& model;
  const ClassifierTraining& options;
  SharedMatrix& inputs;
  SharedMatrix& outputs;
  const Progress& progress;
  std::optional<LabelTree> tree;
  std::optional<NegativeSampler> sampler;
  std::vector<std::uint32_t> order;  // of the texts in this epoch
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> done = 0;  // texts, of all epochs
  std::mutex mutex;                     // of progress and result
  Result<void> result;
  std::atomic<bool> stopped = false;
};

/// One thread's share of the work.
class Worker {
 public:
  explicit Worker(Training& training)
      : training_(training),
        hidden_(1, training.inputs.dimensions()),
        change_(1, training.inputs.dimensions()),
        scores_(training.model.labels.size()) {}

  void train(std::uint64_t seed) {
    random_ = base::Random(seed);
    const std::size_t count = training_.order.size();
    while (!training_.stopped) {
      const std::size_t first = training_.next.fetch_add(kTextsAtOnce);
      if (first >= count) return;
      const std::size_t end = std::min(first + kTextsAtOnce, count);
      report(end - first);
      for (std::size_t i = first; i < end; ++i) {
        if (i + 1 < count) prefetch(training_.order[i + 1]);
        learn(training_.order[i]);
      }
    }
  }

 private:
  /// The learning rate falls with the texts that were learned from.
  void report(std::size_t texts) {
    const std::uint64_t total = training_.texts.size() * training_.options.epochs;
    const std::uint64_t done = training_.done.fetch_add(texts);
    rate_ = static_cast<float>(training_.options.learning_rate *
                               (1 - static_cast<double>(done) / static_cast<double>(total)));
    if (!training_.progress) return;
    const std::lock_guard lock(training_.mutex);
    if (!training_.stopped && !training_.progress({.done = training_.done, .total = total})) {
      training_.result = fail(ErrorCode::cancelled, "stopped while the classifier learned");
      training_.stopped = true;
    }
  }

  /// Asks for the rows of the next text: they lie anywhere.
  void prefetch(std::size_t text) const {
    for (const std::uint32_t row : training_.texts.rows(text)) training_.inputs.prefetch(row);
  }

  void learn(std::size_t text) {
    const auto ids = training_.texts.rows(text);
    const auto labels = training_.texts.labels(text);
    const std::size_t stride = training_.inputs.stride();
    rows_.clear();
    for (const std::uint32_t id : ids) rows_.push_back(training_.inputs.row(id));
    const float share = 1.0F / static_cast<float>(rows_.size());
    weights_.assign(rows_.size(), share);
    sum_of_rows(rows_.data(), weights_.data(), rows_.size(), stride, hidden_.row(0));
    std::fill_n(change_.row(0), stride, 0.0F);
    if (training_.model.settings.loss == FastTextLoss::one_versus_all)
      tell_each(labels);
    else
      tell(labels.size() == 1 ? labels[0] : labels[random_.below(labels.size())]);
    const float* const change = change_.row(0);
    sum_of_rows(&change, &share, 1, stride, change_.row(0));
    add_to_rows(change_.row(0), rows_.data(), rows_.size(), stride);
  }

  /// One label from the others.
  void tell(std::uint32_t label) {
    outputs_.clear();
    targets_.clear();
    switch (training_.model.settings.loss) {
      case FastTextLoss::hierarchical_softmax:
        for (const std::uint32_t node : training_.tree->path(label)) expect(node, 0);
        targets_.assign(training_.tree->targets(label).begin(),
                        training_.tree->targets(label).end());
        update_outputs();
        return;
      case FastTextLoss::negative_sampling:
        expect(label, 1);
        for (std::size_t j = 0; j < training_.options.negative && scores_.size() > 1; ++j) {
          std::uint32_t drawn = label;
          while (drawn == label) drawn = training_.sampler->draw(random_);
          expect(drawn, 0);
        }
        update_outputs();
        return;
      case FastTextLoss::softmax:
      case FastTextLoss::one_versus_all:
        update_softmax({.input = hidden_.row(0),
                        .outputs = training_.outputs.row(0),
                        .output_count = scores_.size(),
                        .stride = training_.inputs.stride(),
                        .target = label,
                        .rate = rate_,
                        .change = change_.row(0),
                        .scores = scores_.data()});
    }
  }

  /// Each label from its absence.
  void tell_each(std::span<const std::uint32_t> labels) {
    outputs_.clear();
    targets_.clear();
    for (std::size_t label = 0; label < scores_.size(); ++label) expect(label, 0);
    for (const std::uint32_t label : labels) targets_[label] = 1;
    update_outputs();
  }

  void expect(std::size_t output, float target) {
    outputs_.push_back(training_.outputs.row(output));
    targets_.push_back(target);
  }

  void update_outputs() {
    const float* const input = hidden_.row(0);
    float* const change = change_.row(0);
    for (std::size_t first = 0; first < outputs_.size(); first += kMostOutputs)
      update_window({.inputs = &input,
                     .input_count = 1,
                     .input_targets = &change,
                     .outputs = outputs_.data() + first,
                     .output_count = std::min(kMostOutputs, outputs_.size() - first),
                     .labels = targets_.data() + first,
                     .rate = rate_,
                     .stride = training_.inputs.stride()});
  }

  Training& training_;
  SharedMatrix hidden_;  // this thread's own, as the next
  SharedMatrix change_;
  std::vector<float> scores_;  // of each label
  std::vector<float*> rows_;
  std::vector<float> weights_;
  std::vector<float*> outputs_;
  std::vector<float> targets_;  // of each of them
  base::Random random_{0};
  float rate_ = 0;
};

void shuffle(std::vector<std::uint32_t>& order, std::uint64_t seed) {
  base::Random random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
}

}  // namespace

Result<FastTextModel> count_classifier_words(std::span<const std::filesystem::path> files,
                                             const ClassifierTraining& options) {
  WordTable words;
  WordTable labels;
  FastTextModel model;
  const auto add = [&](std::string_view token) {
    const bool label = token.starts_with(options.label_prefix);
    (label ? labels : words).add(token);
    ++model.corpus_words;
  };
  KINDRED_TRY(for_words_of_files(files, add, [&] { add(kLineEnd); }));
  model.settings = settings_of(options);
  model.words = frequent(words, options.min_count);
  model.labels = frequent(labels, std::max<std::uint64_t>(options.min_label_count, 1));
  if (model.labels.size() == 0)
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("no text has a label (a word that begins with \"{}\")", options.label_prefix));
  return model;
}

Result<LabelledTexts> LabelledTexts::read(std::span<const std::filesystem::path> files,
                                          const FastTextModel& model,
                                          std::string_view label_prefix) {
  LabelledTexts texts;
  TextRows line(model, label_prefix);
  bool begun = false;
  const auto add = [&](std::string_view token) {
    line.add(token);
    begun = true;
  };
  const auto end = [&] {
    if (!std::exchange(begun, false)) return;
    line.end();
    if (line.labels().empty() || line.rows().empty()) return;
    texts.rows_.add(line.rows());
    texts.labels_.add(line.labels());
  };
  KINDRED_TRY(for_words_of_files(files, add, end));
  end();
  if (texts.size() == 0)
    return fail(ErrorCode::invalid_argument, "no text has a label that is known");
  return texts;
}

Result<void> train_classifier(const LabelledTexts& texts, const FastTextModel& model,
                              const ClassifierTraining& options, SharedMatrix& inputs,
                              SharedMatrix& outputs, const Progress& progress) {
  Training training{.texts = texts,
                    .model = model,
                    .options = options,
                    .inputs = inputs,
                    .outputs = outputs,
                    .progress = progress};
  if (model.settings.loss == FastTextLoss::hierarchical_softmax)
    training.tree.emplace(model.labels.counts());
  if (model.settings.loss == FastTextLoss::negative_sampling)
    training.sampler.emplace(model.labels.counts(), kLabelPower);
  training.order.resize(texts.size());
  std::iota(training.order.begin(), training.order.end(), 0U);
  std::vector<Worker> workers;
  for (std::size_t i = options.deterministic ? 1 : threads(); i > 0; --i)
    workers.emplace_back(training);
  for (std::uint64_t epoch = 0; epoch < options.epochs && !training.stopped; ++epoch) {
    const std::uint64_t seed = (options.seed + epoch) * 0x9E3779B97F4A7C15;
    shuffle(training.order, seed);
    training.next = 0;
    base::parallel_for(
        workers.size(),
        [&](std::size_t item, std::size_t) { workers[item].train(seed + item + 1); },
        workers.size());
  }
  return std::move(training.result);
}

}  // namespace kindred::words
