// Analogies: "a is to b as c is to what?", asked one by one or by the file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/listed.h"
#include "base/thread_pool.h"
#include "files/excerpt.h"
#include "files/lines.h"
#include "kindred/word_vectors.h"
#include "simd/normalize.h"
#include "simd/top_k.h"
#include "tensor/product.h"
#include "words/look_up.h"

namespace kindred {
namespace {

/// Vectors of the three words, at unit length.
struct Asked {
  std::vector<float> a, b, c;
};

std::vector<float> unit_of(const WordVectors& vectors, std::size_t id) {
  std::vector<float> unit(vectors.vector(id).begin(), vectors.vector(id).end());
  simd::normalize(unit);
  return unit;
}

/// A way to score all words x: products of x with a few rows made of the question, joined.
struct Method {
  AnalogyMethod method;
  std::string_view name;
  std::size_t rows;
  /// Row `row` of the question.
  float (*value)(const Asked& asked, std::size_t row, std::size_t k);
  /// From the products of one word with the rows to its score. own: the products of c with them.
  float (*join)(const float* products, const float* own);
};

float half_up(float cosine) { return (1 + cosine) / 2; }  // from 0 to 1

constexpr std::array kMethods = {
    Method{AnalogyMethod::cos_add, "cos-add", 1,
           [](const Asked& asked, std::size_t, std::size_t k) {
             return asked.b[k] - asked.a[k] + asked.c[k];
           },
           [](const float* products, const float*) { return products[0]; }},
    Method{AnalogyMethod::cos_mul, "cos-mul", 3,
           [](const Asked& asked, std::size_t row, std::size_t k) {
             return row == 0 ? asked.a[k] : row == 1 ? asked.b[k] : asked.c[k];
           },
           [](const float* products, const float*) {
             constexpr float kNotZero = 1e-6F;
             return half_up(products[1]) * half_up(products[2]) / (half_up(products[0]) + kNotZero);
           }},
    Method{AnalogyMethod::pair_direction, "pair-direction", 2,
           [](const Asked& asked, std::size_t row, std::size_t k) {
             return row == 0 ? asked.b[k] - asked.a[k] : asked.c[k];
           },
           [](const float* products, const float* own) {
             // (b - a) . (x - c) / |x - c|; |x - c|^2 = 2 - 2 x.c of unit vectors.
             constexpr float kNotZero = 1e-12F;
             return (products[0] - own[0]) / std::sqrt(std::max(2 - 2 * products[1], kNotZero));
           }},
};
constexpr std::size_t kMostRows = 3;

const Method& method_of(AnalogyMethod method) {
  return *std::ranges::find(kMethods, method, &Method::method);
}

struct Question {
  std::size_t a, b, c, d;
  std::size_t section;
};

struct Questions {
  std::vector<Question> questions;
  std::vector<AnalogySection> sections;
};

Result<Questions> read_questions(const WordVectors& vectors, const std::filesystem::path& path,
                                 std::size_t known) {
  auto lines = KINDRED_TRY(files::LineReader::open(path));
  Questions read;
  while (const auto line = KINDRED_TRY(lines.next())) {
    const auto fields = words::fields_of(*line);
    if (fields.empty()) continue;
    if (fields[0] == ":") {
      const std::size_t at = line->find(':') + 1;
      const std::size_t begin = std::min(line->find_first_not_of(" \t", at), line->size());
      read.sections.push_back({.name = std::string(line->substr(begin))});
      continue;
    }
    if (fields.size() != 4)
      return fail(ErrorCode::corrupt, fmt::format("{}: four words are needed, there are {}",
                                                  lines.place(), fields.size()));
    if (read.sections.empty()) read.sections.push_back({.name = "questions"});
    const auto a = words::look_up(vectors, fields[0], known);
    const auto b = words::look_up(vectors, fields[1], known);
    const auto c = words::look_up(vectors, fields[2], known);
    const auto d = words::look_up(vectors, fields[3], known);
    if (a && b && c && d)
      read.questions.push_back({*a, *b, *c, *d, read.sections.size() - 1});
    else
      ++read.sections.back().left_out;
  }
  return read;
}

/// The words as right factors of a product, in blocks whose scores stay in the caches.
std::vector<tensor::Panels> pack(const WordVectors& vectors, std::size_t known) {
  constexpr std::size_t kBlock = 4096;
  std::vector<tensor::Panels> blocks((known + kBlock - 1) / kBlock);
  base::parallel_for(blocks.size(), [&](std::size_t block, std::size_t) {
    const std::size_t first = block * kBlock;
    const std::size_t count = std::min(kBlock, known - first);
    const auto rows = vectors.vectors().slice(first, count).values();
    std::vector<float> units(rows.begin(), rows.end());
    for (std::size_t i = 0; i < count; ++i)
      simd::normalize(std::span(units).subspan(i * vectors.dimensions(), vectors.dimensions()));
    blocks[block] = tensor::Panels(vectors.dimensions(), count);
    blocks[block].set_columns(0, units);
  });
  return blocks;
}

/// Scores every word for some questions, a block of words at a time: score(question, first word of
/// the block, scores of its words).
template <typename Score>
void score_words(const WordVectors& vectors, std::span<const tensor::Panels> blocks,
                 std::span<const Question> questions, const Method& method, const Score& score) {
  tensor::Workspace workspace;
  const std::size_t dimensions = vectors.dimensions();
  tensor::Tensor queries = workspace.tensor(questions.size() * method.rows, dimensions);
  std::vector<std::array<float, kMostRows>> own(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Asked asked = {unit_of(vectors, questions[i].a), unit_of(vectors, questions[i].b),
                         unit_of(vectors, questions[i].c)};
    for (std::size_t row = 0; row < method.rows; ++row) {
      float* const query = queries.row(i * method.rows + row);
      own[i][row] = 0;
      for (std::size_t k = 0; k < dimensions; ++k) {
        query[k] = method.value(asked, row, k);
        own[i][row] += query[k] * asked.c[k];
      }
    }
  }
  std::vector<float> scores;
  std::size_t first = 0;
  for (const tensor::Panels& block : blocks) {
    const tensor::Tensor products = tensor::product(workspace, queries, block);
    scores.resize(block.columns());
    for (std::size_t i = 0; i < questions.size(); ++i) {
      for (std::size_t x = 0; x < scores.size(); ++x) {
        std::array<float, kMostRows> of_word{};
        for (std::size_t row = 0; row < method.rows; ++row)
          of_word[row] = products.row(i * method.rows + row)[x];
        scores[x] = method.join(of_word.data(), own[i].data());
      }
      for (const std::size_t asked : {questions[i].a, questions[i].b, questions[i].c})
        if (asked >= first && asked < first + scores.size())
          scores[asked - first] = -std::numeric_limits<float>::infinity();
      score(i, first, std::span<const float>(scores));
    }
    first += scores.size();
  }
}

/// Whether the answers to some questions are right.
std::vector<std::uint8_t> answer(const WordVectors& vectors, std::span<const tensor::Panels> blocks,
                                 std::span<const Question> questions, const Method& method) {
  struct Best {
    float score = -std::numeric_limits<float>::infinity();
    std::size_t id = std::numeric_limits<std::size_t>::max();
  };
  std::vector<Best> best(questions.size());
  score_words(vectors, blocks, questions, method,
              [&](std::size_t i, std::size_t first, std::span<const float> scores) {
                const auto top = std::ranges::max_element(scores);
                if (*top > best[i].score)
                  best[i] = {*top, first + static_cast<std::size_t>(top - scores.begin())};
              });
  std::vector<std::uint8_t> right(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i)
    right[i] = best[i].id == questions[i].d ? 1 : 0;
  return right;
}

std::size_t known_of(const WordVectors& vectors, std::size_t restrict_to) {
  return restrict_to == 0 ? vectors.size() : std::min(restrict_to, vectors.size());
}

}  // namespace

Result<AnalogyMethod> parse_analogy_method(std::string_view name) {
  const auto* found = std::ranges::find(kMethods, name, &Method::name);
  if (found == kMethods.end())
    return fail(ErrorCode::invalid_argument,
                fmt::format("unknown method \"{}\", known are: {}", files::excerpt(name),
                            base::listed(kMethods, &Method::name)));
  return found->method;
}

std::vector<WordHit> answer_analogy(const WordVectors& vectors, std::size_t a, std::size_t b,
                                    std::size_t c, const AnalogyOptions& options) {
  if (options.k == 0) return {};
  const auto blocks = pack(vectors, known_of(vectors, options.restrict_to));
  const std::array<Question, 1> question = {{{a, b, c, 0, 0}}};
  simd::TopK best(options.k);
  score_words(vectors, blocks, question, method_of(options.method),
              [&](std::size_t, std::size_t first, std::span<const float> scores) {
                best.offer(scores, {}, first);
              });
  std::vector<WordHit> hits;
  for (const simd::Scored& hit : best.take())
    if (hit.score > -std::numeric_limits<float>::infinity())
      hits.push_back({.id = hit.id, .score = hit.score});
  return hits;
}

Result<AnalogyResult> evaluate_analogies(const WordVectors& vectors,
                                         const std::filesystem::path& path,
                                         const AnalogyOptions& options) {
  const std::size_t known = known_of(vectors, options.restrict_to);
  auto [questions, sections] = KINDRED_TRY(read_questions(vectors, path, known));
  const auto blocks = pack(vectors, known);
  const Method& method = method_of(options.method);
  constexpr std::size_t kChunk = 120;  // questions at a time: whole tiles of a product
  std::vector<std::uint8_t> right(questions.size());
  base::parallel_for((questions.size() + kChunk - 1) / kChunk, [&](std::size_t chunk, std::size_t) {
    const std::size_t first = chunk * kChunk;
    const std::size_t count = std::min(kChunk, questions.size() - first);
    std::ranges::copy(answer(vectors, blocks, std::span(questions).subspan(first, count), method),
                      right.begin() + static_cast<std::ptrdiff_t>(first));
  });
  AnalogyResult result{.sections = std::move(sections), .total = {.name = "total"}};
  for (std::size_t i = 0; i < questions.size(); ++i) {
    AnalogySection& section = result.sections[questions[i].section];
    ++section.asked;
    section.correct += right[i];
  }
  for (const AnalogySection& section : result.sections) {
    result.total.asked += section.asked;
    result.total.correct += section.correct;
    result.total.left_out += section.left_out;
  }
  return result;
}

}  // namespace kindred
