// Phrases: words that stand together more often than chance has it, joined into one.
//
// Mikolov et al. 2013 (arXiv:1310.4546, section 4): a pair of words that follow each other is a
// phrase where (count(a b) - min_count) / (count(a) count(b)), times the number of words, is above
// a threshold. A pass joins pairs, so that a second one joins up to four words.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/file_system.h"
#include "kindred/word_training.h"
#include "words/corpus.h"
#include "words/word_table.h"

namespace kindred {
namespace {

using words::WordTable;

struct Counts {
  WordTable words;
  WordTable pairs;  // "a b"
  std::uint64_t all = 0;
};

const std::string& pair_of(std::string_view a, std::string_view b, std::string& pair) {
  pair.assign(a);
  pair += ' ';  // no word has one
  pair += b;
  return pair;
}

/// What comes once only is forgotten where there is too much of it: memory is bounded.
void forget_rare(WordTable& table, std::uint64_t count) {
  WordTable kept;
  for (std::size_t id = 0; id < table.size(); ++id)
    if (table.count(id) > count) kept.add(table.word(id), table.count(id));
  table = std::move(kept);
}

Result<Counts> count(std::span<const std::filesystem::path> files, std::size_t most_pairs) {
  Counts counts;
  std::string before;
  std::string pair;
  std::uint64_t rare = 0;
  const auto add = [&](std::string_view word) {
    ++counts.all;
    counts.words.add(word);
    if (!before.empty()) counts.pairs.add(pair_of(before, word, pair));
    before = word;
    while (counts.pairs.size() > most_pairs) forget_rare(counts.pairs, ++rare);
    while (counts.words.size() > most_pairs) forget_rare(counts.words, ++rare);
  };
  KINDRED_TRY(words::for_words_of_files(files, add, [&] { before.clear(); }));
  return counts;
}

class Phrases {
 public:
  Phrases(const Counts& counts, const PhraseOptions& options)
      : counts_(counts), options_(options) {}

  bool joins(std::string_view a, std::string_view b) {
    const auto both = counts_.pairs.find(pair_of(a, b, pair_));
    if (!both) return false;
    const double count = static_cast<double>(counts_.pairs.count(*both));
    if (count < static_cast<double>(options_.min_count)) return false;
    const auto one = counts_.words.find(a);
    const auto other = counts_.words.find(b);
    if (!one || !other) return false;
    const double score = (count - static_cast<double>(options_.min_count)) /
                         static_cast<double>(counts_.words.count(*one)) /
                         static_cast<double>(counts_.words.count(*other)) *
                         static_cast<double>(counts_.all);
    return score > options_.threshold;
  }

 private:
  const Counts& counts_;
  const PhraseOptions& options_;
  std::string pair_;
};

}  // namespace

Result<std::uint64_t> join_phrases(std::span<const std::filesystem::path> files,
                                   const std::filesystem::path& output,
                                   const PhraseOptions& options) {
  if (files.empty()) return fail(ErrorCode::invalid_argument, "no text to look for phrases in");
  const Counts counts = KINDRED_TRY(count(files, options.most_pairs));
  if (counts.all == 0) return fail(ErrorCode::invalid_argument, "there is no word in the text");
  Phrases phrases(counts, options);
  std::uint64_t joined = 0;
  const auto write = [&](base::WritableFile& file) -> Result<void> {
    std::string text;    // not yet written
    std::string before;  // the last word, which may still be joined with the next
    bool begun = false;  // the line has a word in `text`, or behind it
    Result<void> result;
    const auto put = [&] {
      if (before.empty()) return;
      if (begun) text += ' ';
      text += before;
      before.clear();
      begun = true;
      constexpr std::size_t kEnough = std::size_t{1} << 20;
      if (text.size() < kEnough || !result) return;
      result = file.write(text);
      text.clear();
    };
    const auto add = [&](std::string_view word) {
      if (!before.empty() && phrases.joins(before, word)) {
        before += options.delimiter;
        before += word;
        put();
        ++joined;
        return;
      }
      put();
      before = word;
    };
    const auto end = [&] {
      put();
      text += '\n';
      begun = false;
    };
    KINDRED_TRY(words::for_words_of_files(files, add, end));
    put();
    KINDRED_TRY(std::move(result));
    return file.write(text);
  };
  KINDRED_TRY(base::write_atomically(base::real_file_system(), output, write));
  return joined;
}

}  // namespace kindred
