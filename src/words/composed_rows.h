/// Vectors of words that are made of several rows, while they are learned: fastText's.
///
/// A word's vector is the mean of its own row and those of its n-grams (Bojanowski et al. 2017,
/// section 3.2), and what it learns is added to each of them. The original brings all of these rows
/// from memory for every pair of words. Here a vector is composed once, when its place in the
/// sentence comes near the window, learns in all windows around in one row that stays in the
/// cache, and when the windows have passed gives what it has learned to its rows. So a word's
/// n-grams learn from it a few words late, as they do from another thread's.
///
/// Thread safety: SubwordRows is immutable; ComposedRows is one thread's own, and the rows of the
/// matrix are changed as shared_matrix.h says. Cost: of a word, two passes over its rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "words/shared_matrix.h"
#include "words/subwords.h"
#include "words/vocabulary.h"

namespace kindred::words {

/// Of each word of a vocabulary, its rows: its own, then those of its n-grams, which lie behind the
/// words' (row = words + hash % buckets).
class SubwordRows {
 public:
  SubwordRows(const Vocabulary& vocabulary, SubwordLengths lengths, std::size_t buckets);
  std::span<const std::uint32_t> of(std::size_t word) const {
    return std::span(rows_).subspan(begins_[word], begins_[word + 1] - begins_[word]);
  }

  /// All rows that some word has, each once.
  std::vector<std::uint32_t> all() const;

 private:
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> rows_;
};

class ComposedRows {
 public:
  /// `places`: of a sentence, that are in use at the same time, at most.
  ComposedRows(SharedMatrix& matrix, const SubwordRows& subwords, std::size_t places);

  /// Asks for a word's rows before enter() needs them.
  void prefetch(std::size_t word) const;
  void enter(std::size_t place, std::size_t word);
  /// The composed vector, from enter() to leave().
  float* row(std::size_t place) { return now_.row(place % now_.rows()); }
  /// Rows that it is the mean of.
  std::size_t parts(std::size_t place) const { return rows_[place % now_.rows()].size(); }
  void leave(std::size_t place);

 private:
  SharedMatrix& matrix_;
  const SubwordRows& subwords_;
  SharedMatrix now_;  // by place, of as many as are in use
  SharedMatrix before_;
  std::vector<std::vector<float*>> rows_;
  std::vector<float> weights_;
};

}  // namespace kindred::words
