#include "words/word2vec.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "words/composed_rows.h"
#include "words/continued_training.h"
#include "words/corpus.h"
#include "words/huffman.h"
#include "words/negative_sampler.h"
#include "words/shared_matrix.h"
#include "words/window_update.h"

namespace kindred::words {
namespace {

/// word2vec's own is half of it for skip-gram; where a window shares its drawn words, as here,
/// vectors by this one are better on every set of words but the smallest (benchmarks/README.md).
constexpr double kUsualRate = 0.05;
/// The learning rate falls to this share of its start.
constexpr double kLeastRate = 1e-4;
/// Words between two looks at the learning rate.
constexpr std::uint64_t kWordsPerRate = 10'000;

/// How likely an occurrence of each word stays, of 2^32: with f its share of the text,
/// sqrt(sample / f) + sample / f.
std::vector<std::uint32_t> chances_to_stay(const Vocabulary& vocabulary, double sample) {
  std::vector<std::uint32_t> chances(vocabulary.size(), 0xFFFFFFFF);
  if (sample <= 0) return chances;
  for (std::size_t id = 0; id < chances.size(); ++id) {
    const double share =
        static_cast<double>(vocabulary.count(id)) / static_cast<double>(vocabulary.known_words());
    const double chance = std::sqrt(sample / share) + sample / share;
    if (chance < 1) chances[id] = static_cast<std::uint32_t>(chance * 0x1p32);
  }
  return chances;
}

constexpr double kWordPower = 0.75;    // of counts, when words are drawn
constexpr double kSubwordPower = 0.5;  // the same in fastText

SubwordLengths lengths_of(const WordTraining& options) {
  return {.shortest = options.min_ngram, .longest = options.max_ngram};
}
bool has_subwords(const WordTraining& options) { return options.max_ngram > 0; }

/// What all threads see.
struct Training {
  const Vocabulary& vocabulary;
  const WordTraining& options;
  const Progress& progress;
  double rate;
  NegativeSampler sampler;
  HuffmanCodes codes;
  std::vector<std::uint32_t> chances;
  std::optional<SubwordRows> subwords;
  SharedMatrix inputs;   // the vectors, or the rows that they are the means of
  SharedMatrix outputs;  // of words as those to be told, or of the tree's inner nodes
  std::atomic<std::uint64_t> words = 0;
  std::uint64_t total = 0;  // words of all epochs
  std::mutex mutex;         // of progress and error
  Result<void> result;
  std::atomic<bool> stopped = false;
};

/// A word, those around it, and what has to be told of it: what is learned from in one step.
struct Window {
  std::vector<float*> around;  // rows of inputs, or composed ones
  std::vector<float> weights;  // of each of them, in the mean
  /// The word's own row, then those of drawn ones; or those on its way through the tree.
  std::vector<float*> outputs;
  std::span<const float> labels;
};

/// Words between asking for a word's n-grams and composing its vector.
constexpr std::size_t kAhead = 2;

/// One thread's share of the work.
class Worker {
 public:
  explicit Worker(Training& training)
      : training_(training),
        output_count_(training.vocabulary.size() > 1 ? training.options.negative + 1 : 1),
        mean_(1, training.options.dimensions),
        change_(1, training.options.dimensions),
        reach_(training.options.window > 0 ? training.options.window : kWidestWindow) {
    labels_[0] = 1;
    if (training.subwords) composed_.emplace(training.inputs, *training.subwords, 2 * reach_ + 2);
  }

  void train(std::string_view block, std::uint64_t seed) {
    random_ = base::Random(seed);
    report();
    const auto end = [&] {
      add_waiting();
      end_sentence();
    };
    for_words(block, [&](std::string_view word) { wait_for(word); }, end);
    end();
    report();
  }

 private:
  /// Words are looked up several at a time.
  void wait_for(std::string_view word) {
    waiting_[waiting_count_++] = word;
    if (waiting_count_ == waiting_.size()) add_waiting();
  }

  void add_waiting() {
    std::array<std::optional<std::uint32_t>, WordTable::kAtOnce> ids;
    training_.vocabulary.find_all(std::span(waiting_).first(waiting_count_), ids);
    for (std::size_t i = 0; i < waiting_count_; ++i) add(ids[i]);
    waiting_count_ = 0;
  }

  void add(std::optional<std::uint32_t> id) {
    if (++words_ == kWordsPerRate) report();
    if (!id) return;
    if (training_.chances[*id] < 0xFFFFFFFF &&
        static_cast<std::uint32_t>(random_.next()) >= training_.chances[*id])
      return;
    sentence_.push_back(*id);
    if (is_basket() && sentence_.size() == kWidestWindow) end_sentence();
  }

  /// Adds what was read to the words of all, and takes the learning rate that they have come to.
  void report() {
    const std::uint64_t done = training_.words += words_;
    words_ = 0;
    const double left = 1 - static_cast<double>(done) / static_cast<double>(training_.total + 1);
    rate_ = static_cast<float>(training_.rate * std::max(left, kLeastRate));
    if (!training_.progress) return;
    const std::lock_guard lock(training_.mutex);
    if (!training_.stopped &&
        !training_.progress({.done = std::min(done, training_.total), .total = training_.total})) {
      training_.result = fail(ErrorCode::cancelled, "stopped while vectors were learned");
      training_.stopped = true;
    }
  }

  /// Learns from each window of the sentence; the rows of the next one are on their way meanwhile.
  void end_sentence() {
    Window* now = &windows_[0];
    Window* next = &windows_[1];
    composed_to_ = 0;
    if (!sentence_.empty()) look_at(0, *now);
    for (std::size_t place = 0; place < sentence_.size(); ++place) {
      if (place + 1 < sentence_.size()) look_at(place + 1, *next);
      if (!now->around.empty()) learn(*now);
      std::swap(now, next);
      if (composed_ && place >= reach_) composed_->leave(place - reach_);
    }
    if (composed_)
      for (std::size_t place = sentence_.size() - std::min(sentence_.size(), reach_);
           place < sentence_.size(); ++place)
        composed_->leave(place);
    sentence_.clear();
  }

  /// Composes the vectors of the sentence as far as a window around `place` can reach.
  void compose_for(std::size_t place) {
    const std::size_t end = std::min(place + reach_ + 1, sentence_.size());
    for (; composed_to_ < end; ++composed_to_) {
      if (composed_to_ + kAhead < sentence_.size())
        composed_->prefetch(sentence_[composed_to_ + kAhead]);
      composed_->enter(composed_to_, sentence_[composed_to_]);
    }
  }

  bool is_basket() const { return training_.options.window == 0; }

  void look_at(std::size_t place, Window& window) {
    if (composed_) compose_for(place);
    const std::size_t width = is_basket() ? reach_ : random_.below(reach_) + 1;
    const std::size_t end = std::min(place + width + 1, sentence_.size());
    window.around.clear();
    window.weights.clear();
    for (std::size_t i = place - std::min(place, width); i < end; ++i) {
      if (i == place) continue;
      window.around.push_back(composed_ ? composed_->row(i) : training_.inputs.row(sentence_[i]));
      window.weights.push_back(composed_ ? static_cast<float>(composed_->parts(i)) : 1.0F);
    }
    // The farthest word ahead has not been in a window yet.
    if (!composed_) training_.inputs.prefetch(sentence_[end - 1]);
    window.outputs.clear();
    if (training_.options.hierarchical_softmax)
      walk_to(sentence_[place], window);
    else
      draw_beside(sentence_[place], window);
  }

  void expect(std::size_t output, Window& window) {
    window.outputs.push_back(training_.outputs.row(output));
    training_.outputs.prefetch(output);
  }

  /// The inner nodes on the way to a word.
  void walk_to(std::uint32_t word, Window& window) {
    for (const std::uint32_t node : training_.codes.path(word)) expect(node, window);
    window.labels = training_.codes.labels(word);
  }

  /// A word, and drawn ones that are not it.
  void draw_beside(std::uint32_t word, Window& window) {
    expect(word, window);
    for (std::size_t j = 1; j < output_count_; ++j) {
      std::uint32_t drawn = word;
      while (drawn == word) drawn = training_.sampler.draw(random_);
      expect(drawn, window);
    }
    window.labels = std::span(labels_).first(output_count_);
  }

  /// A step of `inputs`, whose changes go to `targets`, with all outputs of a window.
  void update(const Window& window, std::span<float* const> inputs, float* const* targets) {
    for (std::size_t first = 0; first < window.outputs.size(); first += kMostOutputs)
      update_window({.inputs = inputs.data(),
                     .input_count = inputs.size(),
                     .input_targets = targets,
                     .outputs = window.outputs.data() + first,
                     .output_count = std::min(kMostOutputs, window.outputs.size() - first),
                     .labels = window.labels.data() + first,
                     .rate = rate_,
                     .stride = training_.inputs.stride()});
  }

  void learn(Window& window) {
    if (training_.options.algorithm == WordAlgorithm::skip_gram) {
      // Each word around by itself.
      update(window, window.around, window.around.data());
      return;
    }
    // CBOW: the mean of all their rows. Each of them gets the whole change, as in word2vec.
    const float parts = std::accumulate(window.weights.begin(), window.weights.end(), 0.0F);
    for (float& weight : window.weights) weight /= parts;
    const std::size_t stride = training_.inputs.stride();
    float* const mean = mean_.row(0);
    float* const change = change_.row(0);
    sum_of_rows(window.around.data(), window.weights.data(), window.around.size(), stride, mean);
    std::fill_n(change, stride, 0.0F);
    update(window, std::span(&mean, 1), &change);
    add_to_rows(change, window.around.data(), window.around.size(), stride);
  }

  Training& training_;
  std::size_t output_count_;
  SharedMatrix mean_;  // this thread's own, as the next
  SharedMatrix change_;
  std::array<float, kMostOutputs> labels_{};
  std::array<Window, 2> windows_;
  std::optional<ComposedRows> composed_;  // where words have n-grams
  std::size_t composed_to_ = 0;           // the first place of the sentence that is not composed
  std::array<std::string_view, WordTable::kAtOnce> waiting_;
  std::size_t waiting_count_ = 0;
  std::vector<std::uint32_t> sentence_;
  std::size_t reach_;  // words on each side at most
  base::Random random_{0};
  float rate_ = 0;
  std::uint64_t words_ = 0;  // read since the last report
};

std::optional<SubwordRows> subwords_of(const Vocabulary& vocabulary, const WordTraining& options) {
  if (!has_subwords(options)) return std::nullopt;
  return SubwordRows(vocabulary, lengths_of(options), options.buckets);
}

/// As word2vec begins, or fastText. Buckets that no n-gram comes to stay zeros.
SharedMatrix first_inputs(const Vocabulary& vocabulary, const std::optional<SubwordRows>& subwords,
                          const WordTraining& options) {
  const float bound = 1 / static_cast<float>(options.dimensions);
  if (!subwords) return random_rows(vocabulary.size(), options.dimensions, bound / 2, options.seed);
  SharedMatrix matrix(vocabulary.size() + options.buckets, options.dimensions);
  randomize(matrix, subwords->all(), bound, options.seed);
  return matrix;
}

void run_epoch(Training& training, std::span<const std::filesystem::path> files,
               std::uint64_t epoch, std::vector<Worker>& workers) {
  CorpusReader reader({files.begin(), files.end()});
  const auto work = [&](std::size_t item, std::size_t) {
    std::string block;
    while (!training.stopped) {
      const auto number = reader.next(block);
      if (!number) {
        const std::lock_guard lock(training.mutex);
        training.result = std::unexpected(number.error());
        training.stopped = true;
        return;
      }
      if (!*number) return;
      // Each block of each epoch has its own random numbers, whoever works on it.
      const std::uint64_t seed =
          training.options.seed * 0x9E3779B97F4A7C15 + (epoch << 40) + **number + 1;
      workers[item].train(block, seed);
    }
  };
  base::parallel_for(workers.size(), work, workers.size());
}

}  // namespace

Result<TrainedRows> train_word2vec(std::span<const std::filesystem::path> files,
                                   const Vocabulary& vocabulary, const WordTraining& options,
                                   const FastTextModel* start, const Progress& progress) {
  auto subwords = subwords_of(vocabulary, options);
  auto inputs = first_inputs(vocabulary, subwords, options);
  SharedMatrix outputs(vocabulary.size(), options.dimensions);
  if (start != nullptr) take_rows(*start, vocabulary, inputs, outputs);
  Training training{.vocabulary = vocabulary,
                    .options = options,
                    .progress = progress,
                    .rate = options.learning_rate > 0 ? options.learning_rate : kUsualRate,
                    .sampler = NegativeSampler(vocabulary.counts(),
                                               has_subwords(options) ? kSubwordPower : kWordPower),
                    .codes = HuffmanCodes(vocabulary.counts().first(
                        options.hierarchical_softmax ? vocabulary.size() : 1)),
                    .chances = chances_to_stay(vocabulary, options.sample),
                    .subwords = std::move(subwords),
                    .inputs = std::move(inputs),
                    .outputs = std::move(outputs)};
  training.total = vocabulary.corpus_words() * options.epochs;
  std::vector<Worker> workers;
  for (std::size_t i = options.deterministic ? 1 : threads(); i > 0; --i)
    workers.emplace_back(training);
  for (std::uint64_t epoch = 0; epoch < options.epochs && !training.stopped; ++epoch)
    run_epoch(training, files, epoch, workers);
  KINDRED_TRY(std::move(training.result));
  return TrainedRows{.inputs = std::move(training.inputs), .outputs = std::move(training.outputs)};
}

}  // namespace kindred::words
