#include "words/fasttext_model.h"

namespace kindred::words {

std::optional<std::uint32_t> FastTextModel::row_of_hash(std::uint64_t hash) const {
  if (settings.buckets <= 0) return std::nullopt;
  const auto bucket =
      static_cast<std::uint32_t>(hash % static_cast<std::uint64_t>(settings.buckets));
  const auto first = static_cast<std::uint32_t>(words.size());
  if (!kept_buckets) return first + bucket;
  const auto kept = kept_buckets->find(bucket);
  if (kept == kept_buckets->end()) return std::nullopt;
  return first + kept->second;
}

void FastTextModel::append_rows(std::string_view word, std::vector<std::uint32_t>& rows) const {
  if (const auto id = words.find(word)) rows.push_back(*id);
  for_ngrams(word, lengths(), [&](std::string_view ngram) {
    if (const auto row = row_of_hash(fasttext_hash(ngram))) rows.push_back(*row);
  });
}

std::optional<std::vector<float>> FastTextModel::word_vector(std::string_view word) const {
  std::vector<std::uint32_t> rows;
  append_rows(word, rows);
  if (rows.empty()) return std::nullopt;
  std::vector<float> vector(input.dimensions());
  for (const std::uint32_t row : rows) input.add_row(row, vector);
  for (float& value : vector) value /= static_cast<float>(rows.size());
  return vector;
}

}  // namespace kindred::words
