#include "kindred/word_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/listed.h"
#include "files/excerpt.h"
#include "words/vocabulary.h"
#include "words/window_update.h"
#include "words/word2vec.h"
#include "words/word_vectors_parts.h"

namespace kindred {
namespace {

struct NamedAlgorithm {
  WordAlgorithm algorithm;
  std::string_view name;
};
constexpr std::array kAlgorithms = {
    NamedAlgorithm{WordAlgorithm::skip_gram, "skip-gram"},
    NamedAlgorithm{WordAlgorithm::cbow, "cbow"},
};

constexpr std::size_t kMostDimensions = 65'536;
constexpr std::size_t kWidestWindow = 1'000;
constexpr std::size_t kLongestNgram = 1'000;
constexpr std::size_t kMostBuckets = 2'000'000'000;

Result<void> check(const WordTraining& options) {
  const auto wrong = [](std::string_view problem) {
    return fail(ErrorCode::invalid_argument, std::string(problem));
  };
  if (options.dimensions < 1 || options.dimensions > kMostDimensions)
    return wrong(fmt::format("vectors of {} dimensions, 1 to {} can be learned", options.dimensions,
                             kMostDimensions));
  if (options.window < 1 || options.window > kWidestWindow)
    return wrong(
        fmt::format("a window of {} words, 1 to {} are possible", options.window, kWidestWindow));
  if (!options.hierarchical_softmax &&
      (options.negative < 1 || options.negative >= words::kMostOutputs))
    return wrong(fmt::format("{} drawn words, 1 to {} are possible", options.negative,
                             words::kMostOutputs - 1));
  if (options.epochs < 1) return wrong("0 epochs, 1 at least is needed");
  if (options.max_ngram > kLongestNgram)
    return wrong(fmt::format("n-grams of {} characters, {} at most are possible", options.max_ngram,
                             kLongestNgram));
  if (options.max_ngram > 0 && (options.min_ngram < 1 || options.min_ngram > options.max_ngram))
    return wrong(fmt::format("n-grams of {} to {} characters are none", options.min_ngram,
                             options.max_ngram));
  if (options.max_ngram > 0 && (options.buckets < 1 || options.buckets > kMostBuckets))
    return wrong(fmt::format("{} buckets, 1 to {} are possible", options.buckets, kMostBuckets));
  if (!(options.sample >= 0) || options.sample > 1)
    return wrong(fmt::format("sample is {}, not between 0 and 1", options.sample));
  if (!(options.learning_rate >= 0) || options.learning_rate > 1)
    return wrong(fmt::format("a learning rate of {}, not between 0 and 1", options.learning_rate));
  return {};
}

words::FastTextModel fasttext_model(const WordTraining& options,
                                    const words::Vocabulary& vocabulary, words::TrainedRows rows) {
  const auto number = [](std::uint64_t value) {
    return static_cast<std::int32_t>(
        std::min<std::uint64_t>(value, std::numeric_limits<std::int32_t>::max()));
  };
  words::FastTextModel model;
  model.settings = {.dimensions = number(options.dimensions),
                    .window = number(options.window),
                    .epochs = number(options.epochs),
                    .min_count = number(options.min_count),
                    .negative = number(options.negative),
                    .loss = options.hierarchical_softmax ? words::FastTextLoss::hierarchical_softmax
                                                         : words::FastTextLoss::negative_sampling,
                    .kind = options.algorithm == WordAlgorithm::cbow
                                ? words::FastTextKind::cbow
                                : words::FastTextKind::skip_gram,
                    .buckets = number(options.buckets),
                    .min_ngram = number(options.min_ngram),
                    .max_ngram = number(options.max_ngram),
                    .sample = options.sample};
  for (std::size_t id = 0; id < vocabulary.size(); ++id)
    model.words.add(vocabulary.word(id), vocabulary.count(id));
  model.corpus_words = vocabulary.corpus_words();
  model.input = words::given_away(std::move(rows.inputs));
  model.output = words::given_away(std::move(rows.outputs));
  return model;
}

}  // namespace

Result<WordAlgorithm> parse_word_algorithm(std::string_view name) {
  const auto* found = std::ranges::find(kAlgorithms, name, &NamedAlgorithm::name);
  if (found == kAlgorithms.end())
    return fail(ErrorCode::invalid_argument,
                fmt::format("unknown algorithm \"{}\", known are: {}", files::excerpt(name),
                            base::listed(kAlgorithms, &NamedAlgorithm::name)));
  return found->algorithm;
}

Result<WordVectors> train_word_vectors(std::span<const std::filesystem::path> files,
                                       const WordTraining& options, const Progress& progress) {
  KINDRED_TRY(check(options));
  if (files.empty()) return fail(ErrorCode::invalid_argument, "no text to learn from");
  for (const auto& file : files)
    if (file == "-")
      return fail(ErrorCode::invalid_argument,
                  "standard input can be read once, and the text is needed several times");
  const auto vocabulary = KINDRED_TRY(words::Vocabulary::count(files, options.min_count, progress));
  auto rows = KINDRED_TRY(words::train_word2vec(files, vocabulary, options, progress));
  if (options.max_ngram > 0)
    return words::word_vectors_of(fasttext_model(options, vocabulary, std::move(rows)),
                                  "what was learned");
  rows.outputs = words::SharedMatrix(0, options.dimensions);  // room for the vectors
  Matrix vectors = rows.inputs.unpadded();
  std::vector<std::string_view> words(vocabulary.size());
  for (std::size_t id = 0; id < words.size(); ++id) words[id] = vocabulary.word(id);
  return WordVectors::make(words, std::move(vectors));
}

}  // namespace kindred
