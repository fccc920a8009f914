// Smooth inverse frequency, baked into the vectors of words.
//
// Arora, Liang and Ma 2017, "A simple but tough-to-beat baseline for sentence embeddings": a
// sentence's vector is the mean of a / (a + p(w)) v(w) over its words, without its part along the
// first singular vector u of the sentences' vectors. Both are linear in the v(w), so vectors
// a / (a + p(w)) (v(w) - u (u.v(w))) have the same means, and whatever takes means of word vectors
// takes these.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "kindred/word_vectors.h"
#include "math/randomized_svd.h"
#include "words/corpus.h"
#include "words/vocabulary.h"

namespace kindred {
namespace {

/// Sentences whose singular vector is found, at most: it is the same for more.
constexpr std::size_t kMostSentences = 200'000;

/// The sum of s s^T of the sentences' vectors.
Result<Matrix> second_moment(std::span<const std::filesystem::path> texts, const WordVectors& words,
                             const Matrix& weighted) {
  const std::size_t dimensions = weighted.dimensions();
  std::vector<double> sums(dimensions * dimensions, 0);
  std::vector<double> sentence(dimensions, 0);
  std::size_t count = 0;  // words of the sentence
  std::size_t sentences = 0;
  const auto add = [&](std::string_view word) {
    const auto id = words.find(word);
    if (!id) return;
    ++count;
    for (std::size_t k = 0; k < dimensions; ++k) sentence[k] += weighted.row(*id)[k];
  };
  const auto end = [&] {
    if (count == 0) return;
    const double share = 1.0 / static_cast<double>(count * count);
    for (std::size_t i = 0; i < dimensions; ++i)
      for (std::size_t k = 0; k < dimensions; ++k)
        sums[i * dimensions + k] += sentence[i] * sentence[k] * share;
    std::fill(sentence.begin(), sentence.end(), 0);
    count = 0;
    ++sentences;
  };
  words::CorpusReader reader({texts.begin(), texts.end()});
  std::string block;
  while (sentences < kMostSentences && KINDRED_TRY(reader.next(block)))
    words::for_words(block, add, end);
  end();
  if (sentences == 0) return fail(ErrorCode::invalid_argument, "no word of the texts has a vector");
  Matrix moment(dimensions, dimensions);
  for (std::size_t i = 0; i < sums.size(); ++i)
    moment.values()[i] = static_cast<float>(sums[i] / static_cast<double>(sentences));
  return moment;
}

/// The first singular vector of a symmetric matrix.
Matrix first_direction(const Matrix& symmetric) {
  const auto multiply = [&](MatrixView in, Matrix& out) {
    for (std::size_t i = 0; i < symmetric.rows(); ++i)
      for (std::size_t j = 0; j < symmetric.dimensions(); ++j)
        for (std::size_t k = 0; k < in.dimensions(); ++k)
          out.row(i)[k] += symmetric.row(i)[j] * in.row(j)[k];
  };
  return math::randomized_svd(symmetric.rows(), symmetric.rows(), multiply, multiply, {.rank = 1})
      .vectors;
}

}  // namespace

Result<WordVectors> sif_weighted(const WordVectors& vectors,
                                 std::span<const std::filesystem::path> texts, double a,
                                 bool keep_common) {
  if (!(a > 0)) return fail(ErrorCode::invalid_argument, fmt::format("a is {}, not above 0", a));
  if (texts.empty()) return fail(ErrorCode::invalid_argument, "no text to count words in");
  const auto counted = KINDRED_TRY(words::Vocabulary::count(texts, 1, {}));
  const auto all = static_cast<double>(counted.corpus_words());
  Matrix weighted = Matrix(vectors.size(), vectors.dimensions());
  std::vector<std::string_view> words(vectors.size());
  for (std::size_t id = 0; id < words.size(); ++id) {
    words[id] = vectors.word(id);
    const auto known = counted.find(words[id]);
    const double share = known ? static_cast<double>(counted.count(*known)) / all : 0;
    const auto weight = static_cast<float>(a / (a + share));
    for (std::size_t k = 0; k < weighted.dimensions(); ++k)
      weighted.row(id)[k] = weight * vectors.vector(id)[k];
  }
  if (keep_common) return WordVectors::make(words, std::move(weighted));
  const Matrix moment = KINDRED_TRY(second_moment(texts, vectors, weighted));
  const Matrix common = first_direction(moment);
  for (std::size_t id = 0; id < words.size(); ++id) {
    const auto row = weighted.row(id);
    float along = 0;
    for (std::size_t k = 0; k < row.size(); ++k) along += row[k] * common.row(k)[0];
    for (std::size_t k = 0; k < row.size(); ++k) row[k] -= along * common.row(k)[0];
  }
  return WordVectors::make(words, std::move(weighted));
}

}  // namespace kindred
