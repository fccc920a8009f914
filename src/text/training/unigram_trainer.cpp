#include "text/training/unigram_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/thread_pool.h"
#include "text/training/suffix_array.h"
#include "text/trie.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

/// Sums are made of this many parts, added in their order: no sum depends on the threads.
constexpr std::size_t kParts = 16;
/// A piece that is expected less often than this goes.
constexpr double kLeastExpected = 0.5;
/// An unknown character is this much less likely than the least likely piece, as a logarithm.
constexpr double kUnknownPenalty = 10;
/// More pieces than wanted are trained, by this factor, so that the last choice is among some.
constexpr double kSpare = 1.1;
/// Characters that are no pieces after training get scores below the lowest, this far apart.
constexpr double kScoreStep = 1e-4;

/// The unknown piece counts as one while pieces are dropped, as in the reference.
constexpr std::size_t kUnknownPieces = 1;

constexpr double kImpossible = -std::numeric_limits<double>::infinity();

/// A word by its characters.
struct Word {
  std::string_view text;
  double count = 0;
  std::vector<std::uint32_t> starts;  ///< of the characters, and the end

  std::size_t size() const { return starts.size() - 1; }
};

Word word_of(std::string_view text, std::uint64_t count) {
  Word word{.text = text, .count = static_cast<double>(count), .starts = {}};
  for (std::size_t i = 0; i < text.size(); i += decode(text, i).size)
    word.starts.push_back(static_cast<std::uint32_t>(i));
  word.starts.push_back(static_cast<std::uint32_t>(text.size()));
  return word;
}

/// A piece at characters [begin, end) of a word.
struct Edge {
  std::uint32_t begin, end;
  std::int32_t piece;
  double score;
};

using Pieces = std::vector<UnigramPiece>;
constexpr std::int32_t kUnknown = -1;

/// The pieces as a model: which of them lie in a word, and how likely they are.
class Model {
 public:
  explicit Model(const Pieces& pieces) : pieces_(pieces) {
    Trie::Strings strings;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      strings.emplace_back(pieces[i].text, static_cast<std::int32_t>(i));
      least_ = std::min(least_, pieces[i].score);
    }
    trie_ = Trie(strings);
  }

  double least() const { return least_; }

  /// Replaces `edges` by all pieces of a word, by where they begin. A character that is no piece is
  /// an unknown one. `whole`: with the piece that is the whole word.
  void find(const Word& word, std::vector<Edge>& edges, bool whole = true) const {
    edges.clear();
    for (std::uint32_t begin = 0; begin < word.size(); ++begin) {
      Trie::State state = trie_.root();
      bool known = false;
      for (std::uint32_t end = begin + 1; end <= word.size(); ++end) {
        for (std::uint32_t i = word.starts[end - 1]; i < word.starts[end] && state != Trie::kNone;
             ++i)
          state = trie_.child(state, static_cast<unsigned char>(word.text[i]));
        if (state == Trie::kNone) break;
        const std::int32_t piece = Trie::value(state);
        if (piece == Trie::kNoValue || (!whole && begin == 0 && end == word.size())) continue;
        edges.push_back({begin, end, piece, pieces_[static_cast<std::size_t>(piece)].score});
        known |= end == begin + 1;
      }
      if (!known) edges.push_back({begin, begin + 1, kUnknown, least_ - kUnknownPenalty});
    }
  }

 private:
  const Pieces& pieces_;
  Trie trie_;
  double least_ = std::numeric_limits<double>::max();
};

double add_logarithms(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == kImpossible ? a : a + std::log1p(std::exp(b - a));
}

/// Adds to `expected` how often each piece is in the word, over all its segmentations.
class Expectation {
 public:
  void add(const Model& model, const Word& word, std::vector<double>& expected) {
    model.find(word, edges_);
    before_.assign(word.size() + 1, kImpossible);
    behind_.assign(word.size() + 1, kImpossible);
    before_[0] = behind_[word.size()] = 0;
    for (const Edge& edge : edges_)
      before_[edge.end] = add_logarithms(before_[edge.end], before_[edge.begin] + edge.score);
    for (std::size_t i = edges_.size(); i-- > 0;) {
      const Edge& edge = edges_[i];
      behind_[edge.begin] = add_logarithms(behind_[edge.begin], behind_[edge.end] + edge.score);
    }
    const double all = before_[word.size()];
    for (const Edge& edge : edges_)
      if (edge.piece != kUnknown)
        expected[static_cast<std::size_t>(edge.piece)] +=
            word.count * std::exp(before_[edge.begin] + edge.score + behind_[edge.end] - all);
  }

 private:
  std::vector<Edge> edges_;
  std::vector<double> before_;  ///< the logarithm of the likelihood of what lies before a place
  std::vector<double> behind_;
};

/// The most likely segmentation.
class Viterbi {
 public:
  /// The score, and the pieces from the last to the first in `path`.
  double run(const Model& model, const Word& word, bool whole, std::vector<std::int32_t>& path) {
    model.find(word, edges_, whole);
    best_.assign(word.size() + 1, kImpossible);
    last_.assign(word.size() + 1, 0);
    best_[0] = 0;
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      const double score = best_[edges_[i].begin] + edges_[i].score;
      if (score > best_[edges_[i].end]) {
        best_[edges_[i].end] = score;
        last_[edges_[i].end] = i;
      }
    }
    path.clear();
    for (std::size_t at = word.size(); at > 0; at = edges_[last_[at]].begin)
      path.push_back(edges_[last_[at]].piece);
    return best_[word.size()];
  }

 private:
  std::vector<Edge> edges_;
  std::vector<double> best_;
  std::vector<std::size_t> last_;
};

/// The logarithmic derivative of the gamma function, for x > 0.
double digamma(double x) {
  double result = 0;
  for (; x < 7; ++x) result -= 1 / x;
  x -= 0.5;
  const double square = 1 / (x * x);
  return result + std::log(x) +
         square *
             (1.0 / 24 - square * (7.0 / 960 - square * (31.0 / 8064 - square * 127.0 / 30720)));
}

/// [first, last) of `count` things for part number `part`.
std::pair<std::size_t, std::size_t> part_of(std::size_t count, std::size_t part) {
  return {count * part / kParts, count * (part + 1) / kParts};
}

class Trainer {
 public:
  Trainer(std::span<const WordCount> words, const UnigramTraining& options) : options_(options) {
    words_.reserve(words.size());
    for (const WordCount& word : words) words_.push_back(word_of(word.word, word.count));
  }

  Result<Pieces> run(const Progress& progress) {
    const Pieces seeds = KINDRED_TRY(make_seeds());
    pieces_ = seeds;
    const auto wanted =
        static_cast<std::size_t>(kSpare * static_cast<double>(options_.vocabulary_size));
    for (std::uint64_t rounds = 1;; ++rounds) {
      for (std::size_t i = 0; i < options_.sub_iterations; ++i) maximize(expect());
      if (progress && !progress({rounds, 0}))
        return fail(ErrorCode::cancelled, "training was stopped");
      if (pieces_.size() + kUnknownPieces <= wanted) break;
      prune(wanted);
    }
    return choose();
  }

 private:
  Result<Pieces> make_seeds();
  std::vector<double> expect() const;
  void maximize(const std::vector<double>& expected);
  void prune(std::size_t wanted);
  Pieces choose() const;

  const UnigramTraining& options_;
  std::vector<Word> words_;
  std::vector<std::string> characters_;  ///< of the corpus, the most frequent first
  Pieces pieces_;
};

/// The characters and the substrings that cover most of the words, with counts as probabilities.
Result<Pieces> Trainer::make_seeds() {
  std::unordered_map<std::string_view, double> counts;
  std::size_t size = 0;
  for (const Word& word : words_) {
    size += word.size() + 1;
    for (std::size_t i = 0; i < word.size(); ++i)
      counts[word.text.substr(word.starts[i], word.starts[i + 1] - word.starts[i])] += word.count;
  }
  if (counts.size() > options_.vocabulary_size)
    return fail(ErrorCode::invalid_argument,
                fmt::format("a vocabulary of {} pieces can't hold the {} characters of the corpus",
                            options_.vocabulary_size, counts.size()));
  if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("the words of the corpus have {} characters, at most 2^31 are possible", size));
  std::vector<std::pair<double, std::string_view>> by_count;
  for (const auto& [character, count] : counts) by_count.emplace_back(count, character);
  std::ranges::sort(by_count, std::greater());

  // All words one after the other, symbol 0 behind each: what spans two words is no piece.
  std::unordered_map<std::string_view, std::uint32_t> symbol_of;
  for (const auto& [count, character] : by_count)
    symbol_of.emplace(character, static_cast<std::uint32_t>(symbol_of.size() + 1));
  std::vector<std::uint32_t> symbols;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> places;  // of each symbol: word, character
  symbols.reserve(size);
  places.reserve(size);
  for (std::uint32_t word = 0; word < words_.size(); ++word) {
    for (std::uint32_t i = 0; i <= words_[word].size(); ++i) {
      places.emplace_back(word, i);
      symbols.push_back(
          i == words_[word].size()
              ? 0
              : symbol_of.at(words_[word].text.substr(
                    words_[word].starts[i], words_[word].starts[i + 1] - words_[word].starts[i])));
    }
  }
  struct Seed {
    std::size_t score;
    std::string_view text;
  };
  std::vector<Seed> substrings;
  const auto suffixes = suffix_array(symbols, static_cast<std::uint32_t>(symbol_of.size() + 1));
  repeated_substrings(
      suffixes, common_prefixes(symbols, suffixes),
      [&](std::size_t begin, std::size_t length, std::size_t count) {
        const auto [number, first] = places[begin];
        const Word& word = words_[number];
        if (length < 2 || length > options_.max_piece_length || first + length > word.size())
          return;
        const std::uint32_t start = word.starts[first];
        substrings.push_back(
            {count * length, word.text.substr(start, word.starts[first + length] - start)});
      });
  std::ranges::sort(substrings, [](const Seed& a, const Seed& b) {
    return a.score != b.score ? a.score > b.score : a.text > b.text;
  });
  Pieces seeds;
  double sum = 0;
  const auto add = [&](std::string_view text, double score) {
    seeds.push_back({std::string(text), score});
    sum += score;
  };
  for (const auto& [count, character] : by_count) {
    characters_.emplace_back(character);
    add(character, count);
  }
  for (const Seed& seed : substrings) {
    if (seeds.size() >= options_.seed_size) break;
    add(seed.text, static_cast<double>(seed.score));
  }
  for (UnigramPiece& seed : seeds) seed.score = std::log(seed.score) - std::log(sum);
  return seeds;
}

/// How often each piece is expected in the corpus.
std::vector<double> Trainer::expect() const {
  const Model model(pieces_);
  std::vector<std::vector<double>> parts(kParts);
  base::parallel_for(kParts, [&](std::size_t part, std::size_t) {
    parts[part].resize(pieces_.size());
    Expectation expectation;
    const auto [first, last] = part_of(words_.size(), part);
    for (std::size_t i = first; i < last; ++i) expectation.add(model, words_[i], parts[part]);
  });
  std::vector<double> expected(pieces_.size());
  for (const auto& part : parts)
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += part[i];
  return expected;
}

void Trainer::maximize(const std::vector<double>& expected) {
  Pieces kept;
  double sum = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (expected[i] < kLeastExpected) continue;
    kept.push_back({std::move(pieces_[i].text), expected[i]});
    sum += expected[i];
  }
  for (UnigramPiece& piece : kept) piece.score = digamma(piece.score) - digamma(sum);
  pieces_ = std::move(kept);
}

/// Drops the pieces that the likelihood needs least: those whose words lose little when the piece
/// is put together from others.
void Trainer::prune(std::size_t wanted) {
  const Model model(pieces_);
  const std::size_t count = pieces_.size();
  // What a piece is made of without itself; empty where it is a character, or is never used itself.
  std::vector<std::vector<std::int32_t>> alternatives(count);
  std::vector<bool> used_whole(count, true);
  struct Part {
    std::vector<double> frequencies;  ///< in the most likely segmentations
  };
  std::vector<Part> parts(kParts);
  std::vector<std::vector<bool>> wholes(kParts);
  base::parallel_for(kParts, [&](std::size_t part, std::size_t) {
    Viterbi viterbi;
    std::vector<std::int32_t> path;
    const auto [first_piece, last_piece] = part_of(count, part);
    wholes[part].assign(last_piece - first_piece, true);
    for (std::size_t i = first_piece; i < last_piece; ++i) {
      const Word word = word_of(pieces_[i].text, 1);
      if (word.size() < 2) continue;
      const double without = viterbi.run(model, word, /*whole=*/false, path);
      if (without > pieces_[i].score) {
        wholes[part][i - first_piece] = false;
      } else {
        alternatives[i] = path;
      }
    }
    Part& sums = parts[part];
    sums.frequencies.resize(count);
    const auto [first, last] = part_of(words_.size(), part);
    for (std::size_t i = first; i < last; ++i) {
      viterbi.run(model, words_[i], /*whole=*/true, path);
      for (const std::int32_t piece : path)
        if (piece != kUnknown) sums.frequencies[static_cast<std::size_t>(piece)] += words_[i].count;
    }
  });
  std::vector<double> frequencies(count);
  for (std::size_t part = 0; part < kParts; ++part) {
    const auto [first, last] = part_of(count, part);
    for (std::size_t i = first; i < last; ++i) used_whole[i] = wholes[part][i - first];
    for (std::size_t i = 0; i < count; ++i) frequencies[i] += parts[part].frequencies[i];
  }
  double sum = 0;
  for (const double frequency : frequencies) sum += frequency;
  double all_words = 0;
  for (const Word& word : words_) all_words += word.count;

  Pieces kept;
  std::vector<std::pair<double, std::size_t>> candidates;  // what is lost without a piece
  for (std::size_t i = 0; i < count; ++i) {
    const double frequency = frequencies[i];
    if (frequency == 0 && !used_whole[i]) continue;
    if (alternatives[i].empty()) {
      kept.push_back(pieces_[i]);
      continue;
    }
    if (frequency == 0) continue;
    // Its uses become uses of each of its alternatives.
    const double with = std::log(frequency) - std::log(sum);
    const double new_sum =
        std::log(sum + frequency * static_cast<double>(alternatives[i].size() - 1));
    double without = 0;
    for (const std::int32_t other : alternatives[i]) {
      const double uses = other == kUnknown ? 0 : frequencies[static_cast<std::size_t>(other)];
      without += std::log(uses + frequency) - new_sum;
    }
    candidates.emplace_back(frequency / all_words * (with - without), i);
  }
  const auto shrunk = static_cast<std::size_t>(options_.shrinking_factor *
                                               static_cast<double>(count + kUnknownPieces));
  const std::size_t left = std::max(wanted, shrunk);
  std::ranges::stable_sort(candidates, std::greater(),
                           [](const auto& entry) { return entry.first; });
  for (const auto& [loss, i] : candidates) {
    if (kept.size() + kUnknownPieces >= left) break;
    kept.push_back(pieces_[i]);
  }
  pieces_ = std::move(kept);
}

/// Every character, then the best others, sorted by score.
Pieces Trainer::choose() const {
  const Model model(pieces_);
  std::unordered_map<std::string_view, double> scores;
  for (const UnigramPiece& piece : pieces_) scores.emplace(piece.text, piece.score);
  Pieces chosen;
  std::unordered_set<std::string_view> there;
  double next = pieces_.empty() ? 0 : model.least();
  for (const std::string& character : characters_) {
    const auto known = scores.find(character);
    chosen.push_back({character, known != scores.end() ? known->second : next});
    if (known == scores.end()) next -= kScoreStep;
    there.insert(character);
  }
  for (const UnigramPiece& piece : pieces_) {
    if (chosen.size() >= options_.vocabulary_size) break;
    if (there.insert(piece.text).second) chosen.push_back(piece);
  }
  std::ranges::stable_sort(chosen, std::greater(), &UnigramPiece::score);
  return chosen;
}

}  // namespace

Result<std::vector<UnigramPiece>> train_unigram(std::span<const WordCount> words,
                                                const UnigramTraining& options,
                                                const Progress& progress) {
  if (words.empty()) return Pieces();
  return Trainer(words, options).run(progress);
}

}  // namespace kindred::text
