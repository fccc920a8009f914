#include "kindred/word_vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <mutex>
#include <utility>

#include "base/file_system.h"
#include "base/listed.h"
#include "base/mapped_file.h"
#include "files/excerpt.h"
#include "simd/measure.h"
#include "simd/normalize.h"
#include "simd/top_k.h"
#include "words/corpus.h"
#include "words/word_files.h"

namespace kindred {
namespace {

struct NamedFormat {
  WordFormat format;
  std::string_view name;
};
constexpr std::array kFormats = {
    NamedFormat{WordFormat::word2vec_text, "text"},
    NamedFormat{WordFormat::word2vec_binary, "binary"},
    NamedFormat{WordFormat::glove_text, "glove"},
};

}  // namespace

struct WordVectors::Parts {
  words::WordTable words;
  Matrix vectors;
  std::once_flag once;
  Matrix units;  // the same rows at unit length, made at the first search
};

Result<WordFormat> parse_word_format(std::string_view name) {
  const auto* found = std::ranges::find(kFormats, name, &NamedFormat::name);
  if (found == kFormats.end())
    return fail(ErrorCode::invalid_argument,
                fmt::format("unknown format \"{}\", known are: {}", files::excerpt(name),
                            base::listed(kFormats, &NamedFormat::name)));
  return found->format;
}

WordVectors::WordVectors(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
WordVectors::WordVectors(WordVectors&&) noexcept = default;
WordVectors& WordVectors::operator=(WordVectors&&) noexcept = default;
WordVectors::~WordVectors() = default;

Result<WordVectors> WordVectors::open(const std::filesystem::path& path) {
  const auto file = KINDRED_TRY(base::MappedFile::open(path));
  auto read = KINDRED_TRY(words::parse_word_vectors(file.bytes(), path.string()));
  auto parts = std::make_unique<Parts>();
  parts->words = std::move(read.words);
  parts->vectors = std::move(read.vectors);
  return WordVectors(std::move(parts));
}

Result<WordVectors> WordVectors::make(std::span<const std::string_view> words, Matrix vectors) {
  if (words.size() != vectors.rows() || words.empty() || vectors.dimensions() == 0)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} words and {} vectors of {} dimensions", words.size(),
                            vectors.rows(), vectors.dimensions()));
  auto parts = std::make_unique<Parts>();
  for (const std::string_view word : words) {
    if (word.empty() || std::ranges::any_of(word, words::is_space))
      return fail(ErrorCode::invalid_argument,
                  fmt::format("\"{}\" is no word of a file", files::excerpt(word)));
    if (parts->words.find(word))
      return fail(ErrorCode::invalid_argument,
                  fmt::format("the word \"{}\" stands twice", files::excerpt(word)));
    parts->words.add(word);
  }
  for (const float value : vectors.values())
    if (!std::isfinite(value))
      return fail(ErrorCode::invalid_argument, "a vector has a value that is no number");
  parts->vectors = std::move(vectors);
  return WordVectors(std::move(parts));
}

Result<void> WordVectors::save(const std::filesystem::path& path, WordFormat format) const {
  return base::write_atomically(
      base::real_file_system(), path, [&](base::WritableFile& file) -> Result<void> {
        return words::write_word_vectors(file, parts_->words, parts_->vectors, format);
      });
}

std::size_t WordVectors::size() const { return parts_->words.size(); }
std::size_t WordVectors::dimensions() const { return parts_->vectors.dimensions(); }
std::string_view WordVectors::word(std::size_t id) const { return parts_->words.word(id); }
std::optional<std::size_t> WordVectors::find(std::string_view word) const {
  return parts_->words.find(word);
}
std::span<const float> WordVectors::vector(std::size_t id) const {
  return std::as_const(parts_->vectors).row(id);
}
MatrixView WordVectors::vectors() const { return parts_->vectors; }

std::vector<float> WordVectors::combined(std::span<const SignedWord> words) const {
  std::vector<float> sum(dimensions(), 0.0F);
  std::vector<float> unit;
  for (const SignedWord& word : words) {
    unit.assign(vector(word.id).begin(), vector(word.id).end());
    simd::normalize(unit);
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += word.weight * unit[k];
  }
  return sum;
}

std::vector<WordHit> WordVectors::nearest(std::span<const float> query,
                                          const NearestWords& options) const {
  assert(query.size() == dimensions());
  if (options.k == 0) return {};
  Parts& parts = *parts_;
  std::call_once(parts.once, [&] {
    parts.units = parts.vectors.clone();
    for (std::size_t id = 0; id < parts.units.rows(); ++id) simd::normalize(parts.units.row(id));
  });
  std::vector<float> unit(query.begin(), query.end());
  simd::normalize(unit);
  const std::size_t count =
      options.restrict_to == 0 ? size() : std::min(options.restrict_to, size());
  std::vector<float> scores(count);
  simd::dot_rows()(unit.data(), parts.units.data(), count, dimensions(), scores.data());
  for (const std::size_t id : options.leave_out)
    if (id < count) scores[id] = -2;  // below every cosine
  simd::TopK best(std::min(options.k + options.leave_out.size(), count));
  best.offer(scores, {});
  std::vector<WordHit> hits;
  for (const simd::Scored& hit : best.take())
    if (hit.score >= -1.5F && hits.size() < options.k)
      hits.push_back({.id = hit.id, .score = std::clamp(hit.score, -1.0F, 1.0F)});
  return hits;
}

}  // namespace kindred
