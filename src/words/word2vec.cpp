#include "words/word2vec.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "words/corpus.h"
#include "words/huffman.h"
#include "words/negative_sampler.h"
#include "words/shared_matrix.h"
#include "words/window_update.h"

namespace kindred::words {
namespace {

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

/// The counts that the tree is made of; none where there is to be no tree.
std::vector<std::uint64_t> counts_of(const Vocabulary& vocabulary, bool wanted) {
  std::vector<std::uint64_t> counts(wanted ? vocabulary.size() : 1);
  for (std::size_t id = 0; id < counts.size(); ++id) counts[id] = vocabulary.count(id);
  return counts;
}

/// What all threads see.
struct Training {
  const Vocabulary& vocabulary;
  const WordTraining& options;
  const Progress& progress;
  double rate;
  NegativeSampler sampler;
  HuffmanCodes codes;
  std::vector<std::uint32_t> chances;
  SharedMatrix inputs;   // the vectors
  SharedMatrix outputs;  // of words as those to be told, or of the tree's inner nodes
  std::atomic<std::uint64_t> words = 0;
  std::uint64_t total = 0;  // words of all epochs
  std::mutex mutex;         // of progress and error
  Result<void> result;
  std::atomic<bool> stopped = false;
};

/// A word, those around it, and what has to be told of it: what is learned from in one step.
struct Window {
  std::vector<float*> around;  // rows of inputs
  /// The word's own row, then those of drawn ones; or those on its way through the tree.
  std::vector<float*> outputs;
  std::span<const float> labels;
};

/// One thread's share of the work.
class Worker {
 public:
  explicit Worker(Training& training)
      : training_(training),
        output_count_(training.vocabulary.size() > 1 ? training.options.negative + 1 : 1),
        mean_(1, training.options.dimensions),
        change_(1, training.options.dimensions) {
    labels_[0] = 1;
  }

  void train(std::string_view block, std::uint64_t seed) {
    random_ = base::Random(seed);
    report();
    for_words(block, [&](std::string_view word) { add(word); }, [&] { end_sentence(); });
    end_sentence();
    report();
  }

 private:
  void add(std::string_view word) {
    if (++words_ == kWordsPerRate) report();
    const auto id = training_.vocabulary.find(word);
    if (!id) return;
    if (training_.chances[*id] < 0xFFFFFFFF &&
        static_cast<std::uint32_t>(random_.next()) >= training_.chances[*id])
      return;
    sentence_.push_back(*id);
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
    if (!sentence_.empty()) look_at(0, *now);
    for (std::size_t place = 0; place < sentence_.size(); ++place) {
      if (place + 1 < sentence_.size()) look_at(place + 1, *next);
      if (!now->around.empty()) learn(*now);
      std::swap(now, next);
    }
    sentence_.clear();
  }

  void look_at(std::size_t place, Window& window) {
    const std::size_t width = random_.below(training_.options.window) + 1;
    const std::size_t end = std::min(place + width + 1, sentence_.size());
    window.around.clear();
    for (std::size_t i = place - std::min(place, width); i < end; ++i)
      if (i != place) window.around.push_back(training_.inputs.row(sentence_[i]));
    // The farthest word ahead has not been in a window yet.
    training_.inputs.prefetch(sentence_[end - 1]);
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

  void learn(const Window& window) {
    if (training_.options.algorithm == WordAlgorithm::skip_gram) {
      // Each word around by itself.
      update(window, window.around, window.around.data());
      return;
    }
    // CBOW: their mean. Each of them gets the whole change, as in word2vec.
    const std::size_t stride = training_.inputs.stride();
    float* const mean = mean_.row(0);
    float* const change = change_.row(0);
    mean_of_rows(window.around.data(), window.around.size(), stride, mean);
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
  std::vector<std::uint32_t> sentence_;
  base::Random random_{0};
  float rate_ = 0;
  std::uint64_t words_ = 0;  // read since the last report
};

/// word2vec's start: small random vectors.
SharedMatrix random_rows(std::size_t rows, std::size_t dimensions, std::uint64_t seed) {
  SharedMatrix matrix(rows, dimensions);
  base::Random random(seed);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < dimensions; ++k)
      matrix.row(i)[k] = (random.uniform() - 0.5F) / static_cast<float>(dimensions);
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

Result<Matrix> train_word2vec(std::span<const std::filesystem::path> files,
                              const Vocabulary& vocabulary, const WordTraining& options,
                              const Progress& progress) {
  double rate = options.learning_rate;
  if (rate == 0) rate = options.algorithm == WordAlgorithm::cbow ? 0.05 : 0.025;
  Training training{.vocabulary = vocabulary,
                    .options = options,
                    .progress = progress,
                    .rate = rate,
                    .sampler = NegativeSampler(vocabulary),
                    .codes = HuffmanCodes(counts_of(vocabulary, options.hierarchical_softmax)),
                    .chances = chances_to_stay(vocabulary, options.sample),
                    .inputs = random_rows(vocabulary.size(), options.dimensions, options.seed),
                    .outputs = SharedMatrix(vocabulary.size(), options.dimensions)};
  training.total = vocabulary.corpus_words() * options.epochs;
  std::vector<Worker> workers;
  for (std::size_t i = options.deterministic ? 1 : threads(); i > 0; --i)
    workers.emplace_back(training);
  for (std::uint64_t epoch = 0; epoch < options.epochs && !training.stopped; ++epoch)
    run_epoch(training, files, epoch, workers);
  KINDRED_TRY(std::move(training.result));
  training.outputs = SharedMatrix(0, options.dimensions);  // room for the result
  return training.inputs.unpadded();
}

}  // namespace kindred::words
