#include "kindred/word_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "base/listed.h"
#include "files/excerpt.h"
#include "words/continued_training.h"
#include "words/glove.h"
#include "words/spectral.h"
#include "words/subwords.h"
#include "words/vocabulary.h"
#include "words/window_update.h"
#include "words/word2vec.h"
#include "words/word_files.h"
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
    NamedAlgorithm{WordAlgorithm::glove, "glove"},
    NamedAlgorithm{WordAlgorithm::spectral, "spectral"},
};

Result<void> check(const WordTraining& options) {
  const auto wrong = [](std::string_view problem) {
    return fail(ErrorCode::invalid_argument, std::string(problem));
  };
  if (options.dimensions < 1 || options.dimensions > words::kMostDimensions)
    return wrong(fmt::format("vectors of {} dimensions, 1 to {} can be learned", options.dimensions,
                             words::kMostDimensions));
  if (options.window > words::kWidestWindow)
    return wrong(fmt::format("a window of {} words, {} at most are possible", options.window,
                             words::kWidestWindow));
  if (!options.hierarchical_softmax &&
      (options.negative < 1 || options.negative >= words::kMostOutputs))
    return wrong(fmt::format("{} drawn words, 1 to {} are possible", options.negative,
                             words::kMostOutputs - 1));
  if (options.epochs < 1) return wrong("0 epochs, 1 at least is needed");
  KINDRED_TRY(words::check_ngrams(options.min_ngram, options.max_ngram));
  if (options.max_ngram > 0 && (options.buckets < 1 || options.buckets > words::kMostBuckets))
    return wrong(
        fmt::format("{} buckets, 1 to {} are possible", options.buckets, words::kMostBuckets));
  const bool counts_pairs =
      options.algorithm == WordAlgorithm::glove || options.algorithm == WordAlgorithm::spectral;
  if (counts_pairs && (options.max_ngram > 0 || options.hierarchical_softmax))
    return wrong("GloVe and spectral vectors have neither parts of words nor a tree of them");
  if (counts_pairs && options.window == 0) return wrong("GloVe and spectral vectors need a window");
  if (counts_pairs && (options.continuable || !options.start.empty()))
    return wrong("GloVe and spectral vectors can't be learned on");
  if (options.algorithm == WordAlgorithm::glove && !(options.glove_maximum > 0))
    return wrong("the largest count of GloVe is above 0");
  if (!(options.sample >= 0) || options.sample > 1)
    return wrong(fmt::format("sample is {}, not between 0 and 1", options.sample));
  if (!(options.learning_rate >= 0) || options.learning_rate > 1)
    return wrong(fmt::format("a learning rate of {}, not between 0 and 1", options.learning_rate));
  return {};
}

words::FastTextModel fasttext_model(const WordTraining& options,
                                    const words::Vocabulary& vocabulary, words::TrainedRows rows) {
  words::FastTextModel model;
  model.settings = {.dimensions = words::setting(options.dimensions),
                    .window = words::setting(options.window),
                    .epochs = words::setting(options.epochs),
                    .min_count = words::setting(options.min_count),
                    .negative = words::setting(options.negative),
                    .loss = options.hierarchical_softmax ? words::FastTextLoss::hierarchical_softmax
                                                         : words::FastTextLoss::negative_sampling,
                    .kind = options.algorithm == WordAlgorithm::cbow
                                ? words::FastTextKind::cbow
                                : words::FastTextKind::skip_gram,
                    .buckets = options.max_ngram > 0 ? words::setting(options.buckets) : 0,
                    .min_ngram = words::setting(options.min_ngram),
                    .max_ngram = words::setting(options.max_ngram),
                    .sample = options.sample};
  for (std::size_t id = 0; id < vocabulary.size(); ++id)
    model.words.add(vocabulary.word(id), vocabulary.count(id));
  model.corpus_words = vocabulary.corpus_words();
  // fastText's trees have 1 where word2vec's have 0.
  if (options.hierarchical_softmax)
    for (std::size_t i = 0; i < rows.outputs.rows(); ++i)
      for (std::size_t k = 0; k < options.dimensions; ++k) rows.outputs.row(i)[k] *= -1;
  model.input = words::given_away(std::move(rows.inputs));
  model.output = words::given_away(std::move(rows.outputs));
  return model;
}

/// A vector for each word by itself.
Result<Matrix> learn(std::span<const std::filesystem::path> files,
                     const words::Vocabulary& vocabulary, const WordTraining& options,
                     const Progress& progress) {
  if (options.algorithm == WordAlgorithm::glove)
    return words::train_glove(files, vocabulary, options, progress);
  if (options.algorithm == WordAlgorithm::spectral)
    return words::train_spectral(files, vocabulary, options, progress);
  auto rows = KINDRED_TRY(words::train_word2vec(files, vocabulary, options, nullptr, progress));
  rows.outputs = words::SharedMatrix(0, options.dimensions);  // room for the vectors
  return rows.inputs.unpadded();
}

/// Vectors with the model that they are made by.
Result<WordVectors> learn_model(std::span<const std::filesystem::path> files,
                                const words::Vocabulary& vocabulary, const WordTraining& options,
                                const words::FastTextModel* start, const Progress& progress) {
  auto rows = KINDRED_TRY(words::train_word2vec(files, vocabulary, options, start, progress));
  return words::word_vectors_of(fasttext_model(options, vocabulary, std::move(rows)),
                                "what was learned");
}

Result<WordVectors> go_on(std::span<const std::filesystem::path> files, const WordTraining& options,
                          const Progress& progress) {
  const auto start = KINDRED_TRY(words::open_start(options.start));
  const auto text = KINDRED_TRY(words::Vocabulary::count(files, 1, progress));
  return learn_model(files, text.joined(start.words, options.min_count),
                     words::options_of(start, options), &start, progress);
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
  if (!options.start.empty()) return go_on(files, options, progress);
  const auto vocabulary = KINDRED_TRY(words::Vocabulary::count(files, options.min_count, progress));
  if (options.max_ngram > 0 || options.continuable)
    return learn_model(files, vocabulary, options, nullptr, progress);
  Matrix vectors = KINDRED_TRY(learn(files, vocabulary, options, progress));
  std::vector<std::string_view> words(vocabulary.size());
  for (std::size_t id = 0; id < words.size(); ++id) words[id] = vocabulary.word(id);
  return WordVectors::make(words, std::move(vectors));
}

}  // namespace kindred
