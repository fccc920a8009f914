#include "words/fasttext_model.h"

#include <algorithm>

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

void TextRows::add(std::string_view token) {
  if (ended_) {
    rows_.clear();
    labels_.clear();
    hashes_.clear();
    ended_ = false;
  }
  if (const auto label = model_.labels.find(token)) {
    labels_.push_back(*label);
    return;
  }
  if (token.starts_with(label_prefix_) && !model_.words.find(token)) return;
  model_.append_rows(token, rows_);
  hashes_.push_back(static_cast<std::int32_t>(fasttext_hash(token)));
}

void TextRows::end() {
  add(kLineEnd);
  ended_ = true;
  for (std::size_t first = 0; first < hashes_.size(); ++first) {
    // Hashes count as signed numbers.
    auto hash = static_cast<std::uint64_t>(hashes_[first]);
    const std::size_t past =
        std::min(hashes_.size(), first + static_cast<std::size_t>(model_.settings.word_ngrams));
    for (std::size_t last = first + 1; last < past; ++last) {
      hash = hash * 116049371 + static_cast<std::uint64_t>(hashes_[last]);
      if (const auto row = model_.row_of_hash(hash)) rows_.push_back(*row);
    }
  }
}

}  // namespace kindred::words
