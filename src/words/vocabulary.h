/// The words of a corpus that get vectors, the most frequent first, and how often each comes.
///
/// Counted by all threads, each in its own table. Words of the same count stand in the order of
/// their bytes, so that a corpus has one vocabulary, at any number of threads.
///
/// Thread safety: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"
#include "words/word_table.h"

namespace kindred::words {

class Vocabulary {
 public:
  /// Words that come min_count times or more. Fails where a file can't be read, and where no word
  /// is left; `progress` counts bytes of the files.
  static Result<Vocabulary> count(std::span<const std::filesystem::path> files,
                                  std::uint64_t min_count, const Progress& progress);

  /// These words and those of a model, counts added; of the words that the model does not have, the
  /// ones that come min_count times or more. The text stays that of this vocabulary.
  Vocabulary joined(const WordTable& model, std::uint64_t min_count) const;

  std::size_t size() const { return table_.size(); }
  std::string_view word(std::size_t id) const { return table_.word(id); }
  std::uint64_t count(std::size_t id) const { return table_.count(id); }
  std::span<const std::uint64_t> counts() const { return table_.counts(); }
  std::optional<std::uint32_t> find(std::string_view word) const { return table_.find(word); }
  void find_all(std::span<const std::string_view> words,
                std::span<std::optional<std::uint32_t>> ids) const {
    table_.find_all(words, ids);
  }
  /// Words of the corpus, those that got no vector too.
  std::uint64_t corpus_words() const { return corpus_words_; }
  /// The sum of all counts: of words of the corpus that have a vector, and of a model's.
  std::uint64_t known_words() const { return known_words_; }

 private:
  /// Words in the order of their counts.
  void set(const WordTable& counted, std::uint64_t min_count);

  WordTable table_;
  std::uint64_t corpus_words_ = 0;
  std::uint64_t known_words_ = 0;
};

}  // namespace kindred::words
