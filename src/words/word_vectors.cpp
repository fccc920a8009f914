#include "kindred/word_vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/file_system.h"
#include "base/listed.h"
#include "base/mapped_file.h"
#include "base/thread_pool.h"
#include "files/excerpt.h"
#include "files/lines.h"
#include "kindred/vectors.h"
#include "simd/measure.h"
#include "simd/normalize.h"
#include "simd/top_k.h"
#include "words/corpus.h"
#include "words/fasttext_file.h"
#include "words/word_files.h"
#include "words/word_vectors_parts.h"

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
    NamedFormat{WordFormat::fasttext, "fasttext"},
    NamedFormat{WordFormat::npy, "npy"},
};

/// Whether a file of vectors could hold it.
bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, words::is_space);
}

/// Where the words of a .npy are.
std::filesystem::path words_beside(std::filesystem::path path) {
  return path.replace_extension(".txt");
}

bool is_npy(std::span<const std::byte> file) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  return file.size() >= kMagic.size() &&
         std::memcmp(file.data(), kMagic.data(), kMagic.size()) == 0;
}

Result<WordVectors> open_npy(const std::filesystem::path& path) {
  Matrix vectors = KINDRED_TRY(read_vectors(path));
  auto lines = KINDRED_TRY(files::LineReader::open(words_beside(path)));
  std::vector<std::string> words;
  while (const auto line = KINDRED_TRY(lines.next())) words.emplace_back(*line);
  auto made = WordVectors::make(std::vector<std::string_view>(words.begin(), words.end()),
                                std::move(vectors));
  if (!made)
    return fail(ErrorCode::corrupt, fmt::format("{}: {}", lines.name(), made.error().message));
  return made;
}

Result<void> save_npy(const std::filesystem::path& path, const words::WordTable& words,
                      MatrixView vectors) {
  if (path.extension() == ".txt")
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: that is the name of the words' file", path.string()));
  std::string list;
  for (std::size_t id = 0; id < words.size(); ++id) {
    list += words.word(id);
    list += '\n';
  }
  const auto write = [&](base::WritableFile& file) { return file.write(list); };
  KINDRED_TRY(base::write_atomically(base::real_file_system(), words_beside(path), write));
  return write_vectors(path, vectors);
}

}  // namespace

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
  auto opened = KINDRED_TRY(base::MappedFile::open(path));
  const auto file = std::make_shared<const base::MappedFile>(std::move(opened));
  if (words::is_fasttext(file->bytes())) {
    auto model = KINDRED_TRY(words::parse_fasttext(file->bytes(), file, path.string()));
    return words::word_vectors_of(std::move(model), path.string());
  }
  if (is_npy(file->bytes())) return open_npy(path);
  auto read = KINDRED_TRY(words::parse_word_vectors(file->bytes(), path.string()));
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
    if (!is_word(word))
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
  if (format == WordFormat::fasttext && !parts_->fasttext)
    return fail(ErrorCode::invalid_argument,
                "these vectors are not those of a fastText model, and can't be written as one");
  if (format == WordFormat::npy) return save_npy(path, parts_->words, parts_->vectors);
  return base::write_atomically(
      base::real_file_system(), path, [&](base::WritableFile& file) -> Result<void> {
        if (format == WordFormat::fasttext) return words::write_fasttext(file, *parts_->fasttext);
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

std::optional<std::vector<float>> WordVectors::vector_of(std::string_view word) const {
  if (const auto id = find(word)) return std::vector(vector(*id).begin(), vector(*id).end());
  auto made = parts_->fasttext ? parts_->fasttext->word_vector(word) : std::nullopt;
  if (made && !std::ranges::all_of(*made, [](float value) { return std::isfinite(value); }))
    return std::nullopt;
  return made;
}

std::vector<Subword> WordVectors::subwords(std::string_view word) const {
  std::vector<Subword> parts;
  if (!parts_->fasttext) return parts;
  const words::FastTextModel& model = *parts_->fasttext;
  const auto add = [&](std::string_view text, std::size_t row) {
    Subword& part = parts.emplace_back(std::string(text), std::vector<float>(dimensions()));
    model.input.copy_row(row, part.vector);
  };
  if (const auto id = model.words.find(word)) add(word, *id);
  words::for_ngrams(word, model.lengths(), [&](std::string_view ngram) {
    if (const auto row = model.row_of_hash(words::fasttext_hash(ngram))) add(ngram, *row);
  });
  return parts;
}

Result<std::vector<float>> WordVectors::combined(std::span<const SignedWord> words) const {
  std::vector<float> sum(dimensions(), 0.0F);
  for (const SignedWord& word : words) {
    auto unit = vector_of(word.word);
    if (!unit)
      return fail(ErrorCode::not_found,
                  fmt::format("there is no vector of \"{}\"", files::excerpt(word.word)));
    simd::normalize(*unit);
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += word.weight * (*unit)[k];
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

float cosine(std::span<const float> one, std::span<const float> other) {
  assert(one.size() == other.size());
  double both = 0;
  double first = 0;
  double second = 0;
  for (std::size_t k = 0; k < one.size(); ++k) {
    both += static_cast<double>(one[k]) * other[k];
    first += static_cast<double>(one[k]) * one[k];
    second += static_cast<double>(other[k]) * other[k];
  }
  return first == 0 || second == 0 ? 0 : static_cast<float>(both / std::sqrt(first * second));
}

Result<std::size_t> odd_one_out(const WordVectors& vectors,
                                std::span<const std::string_view> words) {
  if (words.size() < 2)
    return fail(ErrorCode::invalid_argument, "two words at least are needed, of which one is odd");
  std::vector<std::vector<float>> units;
  for (const std::string_view word : words) {
    const SignedWord one{.word = word, .weight = 1};
    units.push_back(KINDRED_TRY(vectors.combined(std::span(&one, 1))));
  }
  std::vector<float> sum(vectors.dimensions(), 0.0F);
  for (const auto& unit : units)
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += unit[k];
  const auto odd = std::ranges::min_element(
      units, {}, [&](const std::vector<float>& unit) { return cosine(unit, sum); });
  return static_cast<std::size_t>(odd - units.begin());
}

namespace words {

Result<WordVectors> word_vectors_of(FastTextModel model, std::string_view name) {
  auto parts = std::make_unique<WordVectors::Parts>();
  for (std::size_t id = 0; id < model.words.size(); ++id)
    if (is_word(model.words.word(id))) parts->words.add(model.words.word(id));
  if (parts->words.size() == 0)
    return fail(ErrorCode::corrupt, fmt::format("{}: has no words", name));
  parts->vectors = Matrix(parts->words.size(), model.input.dimensions());
  const auto compose = [&](std::size_t id, std::size_t) {
    if (const auto vector = model.word_vector(parts->words.word(id)))
      std::ranges::copy(*vector, parts->vectors.row(id).begin());
  };
  base::parallel_for(parts->words.size(), compose);
  for (const float value : std::as_const(parts->vectors).values())
    if (!std::isfinite(value))
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: a vector has a value that is no number", name));
  parts->fasttext = std::make_unique<const FastTextModel>(std::move(model));
  return WordVectors(std::move(parts));
}

}  // namespace words
}  // namespace kindred
