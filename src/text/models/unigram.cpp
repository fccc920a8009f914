#include "text/models/unigram.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "base/try_parallel_for.h"

namespace kindred::text {
namespace {

constexpr std::uint32_t kNowhere = ~std::uint32_t{0};
/// How much less than any piece an unknown code point scores.
constexpr double kUnknownPenalty = 10;

std::size_t code_point_size(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// A number of a JSON file as the reference reads it: its digits as a whole number, then divided by
/// a power of ten, which rounds twice where there are more than 15 digits.
double as_the_reference_reads(double number) {
  constexpr int kMostExact = 15;
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), number, std::chars_format::scientific);
  std::uint64_t digits = 0;
  int count = 0;
  int exponent = 0;
  bool behind_point = false;
  for (const char* c = text; c != end.ptr; ++c) {
    if (*c == '-') continue;
    if (*c == '.') {
      behind_point = true;
    } else if (*c == 'e') {
      const char* power = c + 1;
      if (*power == '+') ++power;
      int value = 0;
      std::from_chars(power, end.ptr, value);
      exponent += value;
      break;
    } else {
      digits = digits * 10 + static_cast<std::uint64_t>(*c - '0');
      ++count;
      if (behind_point) --exponent;
    }
  }
  constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (count <= kMostExact || exponent > 0 || -exponent >= static_cast<int>(std::size(kPowers)))
    return number;
  const double read = static_cast<double>(digits) / kPowers[-exponent];
  return number < 0 ? -read : read;
}

}  // namespace

Unigram::Unigram(Trie pieces, Options options)
    : trie_(std::move(pieces)), options_(std::move(options)) {}

std::unique_ptr<Model::Scratch> Unigram::make_scratch() const { return std::make_unique<Memory>(); }

void Unigram::cut(const SplitText& text, std::size_t limit, Scratch* scratch,
                  std::vector<Token>& tokens) const {
  Memory& memory = static_cast<Memory&>(*scratch);
  for (const Word place : text.words) {
    const std::string_view word = text.word(place);
    if (!memory.cache.find(word, place.begin, tokens)) {
      const std::size_t before = tokens.size();
      cut_word(word, place.begin, memory, tokens);
      if (!word.empty() && tokens.size() > before)
        memory.cache.keep(word, place.begin, std::span(tokens).subspan(before));
    }
    if (tokens.size() > limit) return;
  }
}

template <typename Sum>
void Unigram::find_best(std::string_view word, std::vector<Best>& best) const {
  best.assign(word.size() + 1, {0, kNowhere, kNoToken});
  best[0].begin = 0;
  const auto offer = [](Best& end, double sum, std::size_t begin, std::uint32_t id) {
    const auto score = static_cast<Sum>(sum);
    if (end.begin != kNowhere && score <= end.score) return;
    end = {score, static_cast<std::uint32_t>(begin), id};
  };
  for (std::size_t begin = 0; begin < word.size();) {
    const double here = best[begin].score;
    const std::size_t next = begin + code_point_size(word[begin]);
    bool known = false;  // the code point alone is a piece
    Trie::State state = trie_.root();
    for (std::size_t i = begin; i < word.size(); ++i) {
      state = trie_.child(state, static_cast<unsigned char>(word[i]));
      if (state == Trie::kNone) break;
      const std::int32_t id = Trie::value(state);
      if (id == Trie::kNoValue) continue;
      known |= i + 1 == next;
      offer(best[i + 1], options_.scores[static_cast<std::size_t>(id)] + here, begin,
            static_cast<std::uint32_t>(id));
    }
    if (!known)
      offer(best[next], options_.unknown_score + here, begin, options_.unknown.value_or(kNoToken));
    begin = next;
  }
}

void Unigram::cut_word(std::string_view word, std::uint32_t word_begin, Memory& memory,
                       std::vector<Token>& tokens) const {
  if (options_.sentence_piece) {
    find_best<float>(word, memory.best);
  } else {
    find_best<double>(word, memory.best);
  }
  std::vector<Token>& path = memory.path;
  path.clear();
  for (auto end = static_cast<std::uint32_t>(word.size()); end > 0;) {
    const Best& last = memory.best[end];
    path.push_back({last.id, last.begin, end});
    end = last.begin;
  }
  std::ranges::reverse(path);
  const std::uint32_t unknown = options_.unknown.value_or(kNoToken);
  const bool alone = options_.sentence_piece && options_.bytes;
  for (std::size_t i = 0; i < path.size(); ++i) {
    Token token = path[i];
    if (token.id != unknown) {
      tokens.push_back({token.id, word_begin + token.begin, word_begin + token.end});
      continue;
    }
    while (!alone && i + 1 < path.size() && path[i + 1].id == unknown) token.end = path[++i].end;
    add_unknown(word, token, word_begin, tokens);
  }
}

void Unigram::add_unknown(std::string_view word, Token unknown, std::uint32_t word_begin,
                          std::vector<Token>& tokens) const {
  const std::string_view text = word.substr(unknown.begin, unknown.end - unknown.begin);
  const auto add = [&](std::uint32_t id) {
    tokens.push_back({id, word_begin + unknown.begin, word_begin + unknown.end});
  };
  // What is unknown one by one may be a piece together, where pieces score very low.
  if (!options_.sentence_piece)
    if (const Trie::State state = trie_.walk(trie_.root(), text);
        state != Trie::kNone && Trie::value(state) != Trie::kNoValue)
      return add(static_cast<std::uint32_t>(Trie::value(state)));
  if (options_.bytes) {
    const auto token_of = [&](char byte) {
      return (*options_.bytes)[static_cast<unsigned char>(byte)];
    };
    if (std::ranges::none_of(text, [&](char byte) { return token_of(byte) == kNoToken; })) {
      for (const char byte : text) add(token_of(byte));
      return;
    }
  }
  if (options_.unknown) add(*options_.unknown);
}

ByteTokens byte_tokens(const Vocabulary& vocabulary) {
  ByteTokens tokens{};
  for (std::size_t byte = 0; byte < tokens.size(); ++byte)
    tokens[byte] = vocabulary.id(fmt::format("<0x{:02X}>", byte)).value_or(kNoToken);
  return tokens;
}

Result<void> read_unigram(const JsonPart& part, TokenizerSpecification& out) {
  using simdjson::dom::array;
  const auto vocabulary =
      KINDRED_TRY(part.required<array>("vocab", "a list of pieces and their scores"));
  const std::string place = fmt::format("{}: vocab", part.place());
  Unigram::Options options;
  Trie::Strings strings;
  options.scores.reserve(vocabulary.size());
  strings.reserve(vocabulary.size());
  for (const simdjson::dom::element entry : vocabulary) {
    array pair;
    std::string_view piece;
    double score = 0;
    const bool right = entry.get(pair) == simdjson::SUCCESS && pair.size() == 2 &&
                       (*pair.begin()).get(piece) == simdjson::SUCCESS &&
                       pair.at(1).get(score) == simdjson::SUCCESS;
    if (!right)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: entry {} is not a piece and its score", place, strings.size()));
    options.scores.push_back(score);
    strings.emplace_back(piece, static_cast<std::int32_t>(strings.size()));
    if (strings.size() > Vocabulary::kLargestId)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: has more than {} pieces", place, Vocabulary::kLargestId));
  }
  // A large vocabulary is read as fast as the slower of these two. Of pieces that stand twice, the
  // last counts, in both.
  Trie trie;
  const auto build_trie = [&]() -> Result<void> {
    trie = Trie(strings);
    return {};
  };
  const auto build_vocabulary = [&]() -> Result<void> {
    for (double& score : options.scores) score = as_the_reference_reads(score);
    out.vocabulary.reserve(strings.size(), 10 * strings.size());
    for (const auto& [piece, id] : strings) KINDRED_TRY(out.vocabulary.append(piece, place));
    return {};
  };
  KINDRED_TRY(base::try_parallel_for(
      2, [&](std::size_t item) { return item == 0 ? build_trie() : build_vocabulary(); }));
  const double lowest = options.scores.empty() ? std::numeric_limits<double>::infinity()
                                               : std::ranges::min(options.scores);
  const auto unknown =
      KINDRED_TRY(part.optional<std::uint64_t>("unk_id", "a whole number of at least 0, or null"));
  if (unknown) {
    if (*unknown >= options.scores.size())
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: \"unk_id\" is {}, the vocabulary has {} pieces", part.place(),
                              *unknown, options.scores.size()));
    options.unknown = static_cast<std::uint32_t>(*unknown);
  }
  options.unknown_score = lowest - kUnknownPenalty;
  if (KINDRED_TRY(part.flag("byte_fallback", false))) options.bytes = byte_tokens(out.vocabulary);
  out.model = std::make_unique<Unigram>(std::move(trie), std::move(options));
  return {};
}

}  // namespace kindred::text
