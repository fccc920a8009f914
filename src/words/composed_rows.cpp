#include "words/composed_rows.h"

#include <algorithm>
#include <array>

#include "words/window_update.h"

namespace kindred::words {

SubwordRows::SubwordRows(const Vocabulary& vocabulary, SubwordLengths lengths,
                         std::size_t buckets) {
  begins_.reserve(vocabulary.size() + 1);
  begins_.push_back(0);
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    rows_.push_back(static_cast<std::uint32_t>(id));
    for_ngrams(vocabulary.word(id), lengths, [&](std::string_view ngram) {
      rows_.push_back(
          static_cast<std::uint32_t>(vocabulary.size() + fasttext_hash(ngram) % buckets));
    });
    begins_.push_back(rows_.size());
  }
}

std::vector<std::uint32_t> SubwordRows::all() const { return distinct(rows_); }

ComposedRows::ComposedRows(SharedMatrix& matrix, const SubwordRows& subwords, std::size_t places)
    : matrix_(matrix),
      subwords_(subwords),
      now_(places, matrix.dimensions()),
      before_(places, matrix.dimensions()),
      rows_(places) {}

void ComposedRows::prefetch(std::size_t word) const {
  for (const std::uint32_t row : subwords_.of(word)) matrix_.prefetch(row);
}

void ComposedRows::enter(std::size_t place, std::size_t word) {
  const std::size_t slot = place % now_.rows();
  std::vector<float*>& rows = rows_[slot];
  rows.clear();
  for (const std::uint32_t row : subwords_.of(word)) rows.push_back(matrix_.row(row));
  weights_.assign(rows.size(), 1.0F / static_cast<float>(rows.size()));
  sum_of_rows(rows.data(), weights_.data(), rows.size(), matrix_.stride(), now_.row(slot));
  std::copy_n(now_.row(slot), matrix_.stride(), before_.row(slot));
}

void ComposedRows::leave(std::size_t place) {
  const std::size_t slot = place % now_.rows();
  const std::array<const float*, 2> both = {now_.row(slot), before_.row(slot)};
  constexpr std::array kDifference = {1.0F, -1.0F};
  sum_of_rows(both.data(), kDifference.data(), both.size(), matrix_.stride(), before_.row(slot));
  add_to_rows(before_.row(slot), rows_[slot].data(), rows_[slot].size(), matrix_.stride());
}

}  // namespace kindred::words
