// The options of a classifier, looked for by trying them.
//
// A random search that narrows: each trial draws options around the best so far, far from it at
// first and close to it at the end. Steps are factors, since learning rates of 0.1 and 0.2 differ
// as 1 and 2 do.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "kindred/text_classifier.h"

namespace kindred {
namespace {

/// Options lie between these.
constexpr double kLeastRate = 0.01;
constexpr double kMostRate = 5;
constexpr std::size_t kMostEpochs = 100;
constexpr std::size_t kMostDimensions = 400;
constexpr std::size_t kMostWordNgrams = 4;
/// Standard deviations of the steps, as powers of two, at the start and the end.
constexpr double kFirstStep = 1.5;
constexpr double kLastStep = 0.25;

struct Ngrams {
  std::size_t shortest;
  std::size_t longest;
};
constexpr std::array<Ngrams, 4> kNgrams = {{{0, 0}, {2, 5}, {3, 6}, {2, 4}}};

double stepped(double value, double least, double most, double step, base::Random& random) {
  return std::clamp(value * std::exp2(step * static_cast<double>(random.normal())), least, most);
}

std::size_t stepped(std::size_t value, std::size_t most, double step, base::Random& random) {
  return static_cast<std::size_t>(std::lround(
      stepped(static_cast<double>(value), 1.0, static_cast<double>(most), step, random)));
}

ClassifierTraining drawn_around(ClassifierTraining options, double step, base::Random& random) {
  options.learning_rate = stepped(options.learning_rate, kLeastRate, kMostRate, step, random);
  options.epochs = stepped(options.epochs, kMostEpochs, step, random);
  options.dimensions = stepped(options.dimensions, kMostDimensions, step / 2, random);
  options.word_ngrams = stepped(options.word_ngrams, kMostWordNgrams, step, random);
  // Far from the best, other parts of words too.
  if (static_cast<double>(random.uniform()) < step / 4) {
    const Ngrams ngrams = kNgrams[random.below(kNgrams.size())];
    options.min_ngram = ngrams.shortest;
    options.max_ngram = ngrams.longest;
  }
  return options;
}

}  // namespace

Result<ClassifierTraining> tune_text_classifier(std::span<const std::filesystem::path> files,
                                                const std::filesystem::path& validation,
                                                double seconds, const ClassifierTraining& options,
                                                const Progress& progress) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto passed = [&] {
    return std::chrono::duration<double>(Clock::now() - begin).count() / std::max(seconds, 1e-9);
  };
  bool out_of_time = false;
  const Progress watch = [&](const ProgressReport&) {
    const double share = std::min(passed(), 1.0);
    if (progress && !progress({.done = static_cast<std::uint64_t>(share * 1000), .total = 1000}))
      return false;
    out_of_time = passed() >= 1;
    return !out_of_time;
  };
  base::Random random(options.seed);
  ClassifierTraining best = options;
  double best_score = -1;
  ClassifierTraining trial = options;
  do {
    // The first trial is never cut off: there is always something to give.
    const auto made = train_text_classifier(files, trial, best_score < 0 ? Progress() : watch);
    if (!made) {
      if (out_of_time && best_score >= 0) break;
      return std::unexpected(made.error());
    }
    const auto score = KINDRED_TRY(made->evaluate(validation));
    if (score.f1() > best_score) {
      best_score = score.f1();
      best = trial;
    }
    const double step = kFirstStep + (kLastStep - kFirstStep) * std::min(passed(), 1.0);
    trial = drawn_around(best, step, random);
  } while (passed() < 1);
  return best;
}

}  // namespace kindred
