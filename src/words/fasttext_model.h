/// A fastText model as its files hold it: words and labels, the rows that their vectors are made
/// of, and how it was learned.
///
/// Rows of `input` are those of the words, then those of the buckets that n-grams are hashed into
/// (subwords.h); a word's vector is the mean of its own row and its n-grams'. A pruned model keeps
/// some buckets only. `output` has a row for each word, or label; in hierarchical softmax, for each
/// inner node of the tree over them.
///
/// Thread safety: immutable. Cost: a word's vector is one addition for each of its n-grams.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "words/fasttext_matrix.h"
#include "words/subwords.h"
#include "words/word_table.h"

namespace kindred::words {

/// The numbers are those of the files.
enum class FastTextKind : std::int32_t { cbow = 1, skip_gram = 2, classifier = 3 };
enum class FastTextLoss : std::int32_t {
  hierarchical_softmax = 1,
  negative_sampling = 2,
  softmax = 3,
  one_versus_all = 4
};

/// How it was learned, in the order of the files.
struct FastTextSettings {
  std::int32_t dimensions = 100;
  std::int32_t window = 5;
  std::int32_t epochs = 5;
  std::int32_t min_count = 5;
  std::int32_t negative = 5;
  std::int32_t word_ngrams = 1;
  FastTextLoss loss = FastTextLoss::negative_sampling;
  FastTextKind kind = FastTextKind::skip_gram;
  std::int32_t buckets = 2'000'000;
  std::int32_t min_ngram = 3;
  std::int32_t max_ngram = 6;
  std::int32_t rate_updates = 100;
  double sample = 1e-4;
};

/// A number as settings hold it; what is larger than they can be, the largest.
inline std::int32_t setting(std::uint64_t value) {
  return static_cast<std::int32_t>(
      std::min<std::uint64_t>(value, std::numeric_limits<std::int32_t>::max()));
}

struct FastTextModel {
  FastTextSettings settings;
  WordTable words;
  WordTable labels;  ///< with their prefix
  std::uint64_t corpus_words = 0;
  /// Of a pruned model, the rows behind the words' that its buckets have.
  std::optional<std::unordered_map<std::uint32_t, std::uint32_t>> kept_buckets;
  FastTextMatrix input;
  FastTextMatrix output;

  SubwordLengths lengths() const {
    return {.shortest = static_cast<std::size_t>(settings.min_ngram),
            .longest = static_cast<std::size_t>(settings.max_ngram)};
  }
  /// The row that a hash has, if any.
  std::optional<std::uint32_t> row_of_hash(std::uint64_t hash) const;
  /// Adds the rows of a word: its own, where it is known, and its n-grams'.
  void append_rows(std::string_view word, std::vector<std::uint32_t>& rows) const;
  /// The mean of a word's rows; nothing where it has none.
  std::optional<std::vector<float>> word_vector(std::string_view word) const;
};

/// What fastText's files call a label by, unless told otherwise when they were made: they don't
/// say.
inline constexpr std::string_view kLabelPrefix = "__label__";

/// A text as rows of a classifier, token by token: those of its words, then those of its word
/// n-grams, hashed from the words' hashes. The line's end counts as a word, as in the original.
class TextRows {
 public:
  explicit TextRows(const FastTextModel& model, std::string_view label_prefix = kLabelPrefix)
      : model_(model), label_prefix_(label_prefix) {}

  void add(std::string_view token);
  /// Ends the text: its rows are there until the next add().
  void end();

  std::span<const std::uint32_t> rows() const { return rows_; }
  std::span<const std::uint32_t> labels() const { return labels_; }

 private:
  const FastTextModel& model_;
  std::string_view label_prefix_;
  bool ended_ = true;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> labels_;
  std::vector<std::int32_t> hashes_;  // of all words, unknown ones too
};

}  // namespace kindred::words
