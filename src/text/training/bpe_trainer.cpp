#include "text/training/bpe_trainer.h"

#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

using Symbol = std::uint32_t;
using Pair = std::pair<Symbol, Symbol>;

struct PairHash {
  std::size_t operator()(Pair pair) const {
    return (std::uint64_t{pair.first} << 32 | pair.second) * 0x9e3779b97f4a7c15 >> 16;
  }
};

struct PairUse {
  std::int64_t count = 0;
  std::vector<std::uint32_t> words;  ///< that have it, or had it; some twice
};

/// A pair and the count that it had when it came into the heap.
struct Candidate {
  std::uint64_t count;
  Pair pair;
  /// The best is the largest: often, then with small ids.
  bool operator<(const Candidate& other) const {
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

class Trainer {
 public:
  explicit Trainer(const BpeTraining& options) : options_(options) {}

  Result<BpeVocabulary> run(std::span<const WordCount> words, const Progress& progress);

 private:
  Symbol symbol(const std::string& token) {
    const auto [entry, is_new] =
        ids_.try_emplace(token, static_cast<Symbol>(vocabulary_.tokens.size()));
    if (is_new) vocabulary_.tokens.push_back(token);
    return entry->second;
  }
  void add_alphabet(std::span<const WordCount> words);
  void cut_into_characters(std::span<const WordCount> words);
  void count_pairs();
  void note(Pair pair, std::int64_t change, std::uint32_t word);
  void merge(Pair pair, Symbol into);
  void merge_in(std::uint32_t word, Pair pair, Symbol into);
  /// What the symbols of a pair spell together.
  std::string joined(Pair pair) const {
    std::string_view second = vocabulary_.tokens[pair.second];
    if (second.starts_with(options_.continuing_prefix))
      second.remove_prefix(options_.continuing_prefix.size());
    return vocabulary_.tokens[pair.first] + std::string(second);
  }

  const BpeTraining& options_;
  BpeVocabulary vocabulary_;
  std::unordered_map<std::string, Symbol> ids_;
  std::vector<std::vector<Symbol>> words_;
  std::vector<std::int64_t> counts_;
  std::unordered_map<Pair, PairUse, PairHash> pairs_;
  std::vector<Pair> grown_;  ///< pairs that a merge made more frequent
  std::priority_queue<Candidate> candidates_;
};

/// Calls each(character) for the characters of a word.
template <typename Each>
void for_each_character(std::string_view word, const Each& each) {
  for (std::size_t i = 0; i < word.size();) {
    const std::size_t size = decode(word, i).size;
    each(word.substr(i, size));
    i += size;
  }
}

void Trainer::add_alphabet(std::span<const WordCount> words) {
  constexpr auto kAlways = static_cast<std::uint64_t>(-1);
  // UTF-8 sorts as the code points do.
  std::map<std::string, std::uint64_t, std::less<>> alphabet;
  for (const WordCount& word : words)
    for_each_character(word.word, [&](std::string_view character) {
      const auto found = alphabet.find(character);
      if (found != alphabet.end()) {
        found->second += word.count;
      } else {
        alphabet.emplace(character, word.count);
      }
    });
  for (const std::string& character : options_.alphabet) alphabet[character] = kAlways;
  if (options_.limit_alphabet > 0 && alphabet.size() > options_.limit_alphabet) {
    std::vector<std::pair<std::uint64_t, std::string>> by_count;
    for (const auto& [character, count] : alphabet) by_count.emplace_back(count, character);
    std::ranges::stable_sort(by_count, {}, [](const auto& entry) { return entry.first; });
    by_count.resize(by_count.size() - options_.limit_alphabet);
    for (const auto& [count, character] : by_count) alphabet.erase(character);
  }
  for (const auto& [character, count] : alphabet) symbol(character);
}

void Trainer::cut_into_characters(std::span<const WordCount> words) {
  for (const WordCount& word : words) {
    std::vector<Symbol>& symbols = words_.emplace_back();
    counts_.push_back(static_cast<std::int64_t>(word.count));
    bool first = true;
    for_each_character(word.word, [&](std::string_view character) {
      const std::string token(character);
      // One that is not in the alphabet is left out.
      if (ids_.contains(token))
        symbols.push_back(symbol(first ? token : options_.continuing_prefix + token));
      first = false;
    });
  }
}

void Trainer::note(Pair pair, std::int64_t change, std::uint32_t word) {
  PairUse& use = pairs_[pair];
  use.count += change * counts_[word];
  if (change < 0) return;
  if (use.words.empty() || use.words.back() != word) use.words.push_back(word);
  grown_.push_back(pair);
}

void Trainer::count_pairs() {
  for (std::uint32_t word = 0; word < words_.size(); ++word)
    for (std::size_t i = 1; i < words_[word].size(); ++i)
      note({words_[word][i - 1], words_[word][i]}, 1, word);
}

/// Replaces the pair in a word, from its start, and counts the pairs that go and come.
void Trainer::merge_in(std::uint32_t word, Pair pair, Symbol into) {
  std::vector<Symbol>& symbols = words_[word];
  std::size_t written = 0;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (i + 1 == symbols.size() || Pair(symbols[i], symbols[i + 1]) != pair) {
      symbols[written++] = symbols[i];
      continue;
    }
    if (written > 0) {
      note({symbols[written - 1], pair.first}, -1, word);
      note({symbols[written - 1], into}, 1, word);
    }
    if (i + 2 < symbols.size()) {
      note({pair.second, symbols[i + 2]}, -1, word);
      note({into, symbols[i + 2]}, 1, word);
    }
    symbols[written++] = into;
    ++i;
  }
  symbols.resize(written);
}

void Trainer::merge(Pair pair, Symbol into) {
  std::vector<std::uint32_t> words = std::move(pairs_[pair].words);
  pairs_[pair].words.clear();
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
  for (const std::uint32_t word : words) merge_in(word, pair, into);
}

Result<BpeVocabulary> Trainer::run(std::span<const WordCount> words, const Progress& progress) {
  for (const std::string& token : options_.special_tokens) symbol(token);
  add_alphabet(words);
  cut_into_characters(words);
  count_pairs();
  const auto offer_grown = [&] {
    std::ranges::sort(grown_);
    grown_.erase(std::ranges::unique(grown_).begin(), grown_.end());
    for (const Pair& pair : grown_)
      if (const std::int64_t count = pairs_[pair].count; count > 0)
        candidates_.push({static_cast<std::uint64_t>(count), pair});
    grown_.clear();
  };
  offer_grown();
  while (vocabulary_.tokens.size() < options_.vocabulary_size && !candidates_.empty()) {
    const Candidate best = candidates_.top();
    candidates_.pop();
    const PairUse& use = pairs_[best.pair];
    if (use.words.empty()) continue;  // merged already
    if (use.count != static_cast<std::int64_t>(best.count)) {
      // It has become rarer since; where it grew, a better candidate is in the heap.
      if (use.count > 0 && use.count < static_cast<std::int64_t>(best.count))
        candidates_.push({static_cast<std::uint64_t>(use.count), best.pair});
      continue;
    }
    if (best.count < options_.min_frequency) break;
    const Symbol into = symbol(joined(best.pair));
    vocabulary_.merges.push_back(best.pair);
    merge(best.pair, into);
    offer_grown();
    if (progress && !progress({vocabulary_.tokens.size(), options_.vocabulary_size}))
      return fail(ErrorCode::cancelled, "training was stopped");
  }
  return std::move(vocabulary_);
}

}  // namespace

Result<BpeVocabulary> train_bpe(std::span<const WordCount> words, const BpeTraining& options,
                                const Progress& progress) {
  return Trainer(options).run(words, progress);
}

}  // namespace kindred::text
