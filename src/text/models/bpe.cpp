#include "text/models/bpe.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <span>
#include <utility>

#include "text/byte_alphabet.h"
#include "text/models/read_vocabulary.h"
#include "text/models/word_cache.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

/// Symbols of a word up to which a search among all pairs beats a heap.
constexpr std::size_t kShort = 24;

/// The tokens by what words spell them.
Vocabulary tokens_by_spelling(const Vocabulary& vocabulary, bool raw_bytes) {
  if (!raw_bytes) return vocabulary;
  Vocabulary raw;
  raw.reserve(vocabulary.size(), 8 * vocabulary.size());
  for (std::uint32_t id = 0; id < vocabulary.ids(); ++id)
    // One that is not of the alphabet is never found in a text. No two have the same bytes.
    if (const auto bytes = unspell_bytes(vocabulary.token(id)); bytes && !bytes->empty())
      static_cast<void>(raw.add(*bytes, id, ""));
  return raw;
}

/// A pair that may be merged; the earliest, and of those the leftmost, first.
struct Candidate {
  std::uint32_t rank;
  std::uint32_t at;
  std::uint32_t into;
  bool operator>(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : at > other.at;
  }
};

}  // namespace

struct Bpe::Memory final : Model::Scratch {
  WordCache cache;
  std::vector<Symbol> symbols;
  std::vector<Candidate> candidates;  ///< a heap
  std::string spelled;
};

Bpe::Bpe(const Vocabulary& vocabulary, Merges merges, BpeOptions options)
    : merges_(std::move(merges)),
      options_(std::move(options)),
      tokens_(tokens_by_spelling(vocabulary, options_.raw_bytes)) {
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    of_byte_[byte] = tokens_.id({&raw, 1}).value_or(kNone);
    of_fallback_[byte] = vocabulary.id(fmt::format("<0x{:02X}>", byte)).value_or(kNone);
  }
}

std::unique_ptr<Model::Scratch> Bpe::make_scratch() const { return std::make_unique<Memory>(); }

void Bpe::find_symbols(std::string_view word, Memory& memory) const {
  std::vector<Symbol>& symbols = memory.symbols;
  symbols.clear();
  const auto add = [&](std::uint32_t id, std::size_t size) {
    const auto place = static_cast<std::int32_t>(symbols.size());
    symbols.push_back({id, static_cast<std::uint32_t>(size), place - 1, place + 1});
  };
  if (options_.raw_bytes) {
    for (const char byte : word)
      if (const std::uint32_t id = of_byte_[static_cast<unsigned char>(byte)]; id != kNone)
        add(id, 1);
  } else {
    std::size_t unknown_bytes = 0;  // of the unknown token that is not added yet
    const auto add_unknown = [&] {
      if (unknown_bytes > 0) add(*options_.unknown, unknown_bytes);
      unknown_bytes = 0;
    };
    for (std::size_t i = 0; i < word.size();) {
      const std::size_t size = decode(word, i).size;
      std::string& spelled = memory.spelled;
      spelled.clear();
      if (i > 0) spelled += options_.continuing_prefix;
      spelled += word.substr(i, size);
      i += size;
      if (i == word.size()) spelled += options_.end_suffix;
      if (const auto id = tokens_.id(spelled)) {
        add_unknown();
        add(*id, size);
        continue;
      }
      if (options_.byte_fallback && std::ranges::all_of(spelled, [&](char byte) {
            return of_fallback_[static_cast<unsigned char>(byte)] != kNone;
          })) {
        // (What is unknown before them comes after them, as in the reference.)
        for (const char byte : spelled) add(of_fallback_[static_cast<unsigned char>(byte)], 1);
        continue;
      }
      if (!options_.unknown) continue;
      if (!options_.fuse_unknown) add_unknown();
      unknown_bytes += size;
    }
    add_unknown();
  }
  if (!symbols.empty()) symbols.back().next = -1;
}

/// Looks for the earliest merge among all pairs each time: the fastest for the words of most texts.
void Bpe::merge_short(Memory& memory) const {
  std::vector<Symbol>& symbols = memory.symbols;
  std::size_t count = symbols.size();
  std::array<Merge, kShort> merges;  // of a symbol and the next
  constexpr Merge kNoMerge{kNone, kNone};
  const auto look_up = [&](std::size_t i) {
    const Merge* merge = merges_.find(symbols[i].id, symbols[i + 1].id);
    merges[i] = merge == nullptr ? kNoMerge : *merge;
  };
  for (std::size_t i = 0; i + 1 < count; ++i) look_up(i);
  while (count > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < count; ++i)
      if (merges[i].rank < merges[best].rank) best = i;
    if (merges[best].rank == kNone) break;
    symbols[best].id = merges[best].into;
    symbols[best].size += symbols[best + 1].size;
    --count;
    for (std::size_t i = best + 1; i < count; ++i) {
      symbols[i] = symbols[i + 1];
      merges[i - 1] = merges[i];
    }
    if (best > 0) look_up(best - 1);
    if (best + 1 < count) look_up(best);
  }
  symbols.resize(count);
}

/// The same with a heap of candidates.
void Bpe::merge_long(Memory& memory) const {
  std::vector<Symbol>& symbols = memory.symbols;
  std::vector<Candidate>& candidates = memory.candidates;
  const auto at = [&](std::int32_t i) -> Symbol& { return symbols[static_cast<std::size_t>(i)]; };
  candidates.clear();
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i)
    if (const Merge* merge = merges_.find(symbols[i].id, symbols[i + 1].id))
      candidates.push_back({merge->rank, static_cast<std::uint32_t>(i), merge->into});
  std::ranges::make_heap(candidates, std::greater());
  const auto offer = [&](std::int32_t i) {
    if (i < 0 || at(i).next < 0) return;
    if (const Merge* merge = merges_.find(at(i).id, at(at(i).next).id)) {
      candidates.push_back({merge->rank, static_cast<std::uint32_t>(i), merge->into});
      std::ranges::push_heap(candidates, std::greater());
    }
  };
  while (!candidates.empty()) {
    std::ranges::pop_heap(candidates, std::greater());
    const Candidate best = candidates.back();
    candidates.pop_back();
    const auto i = static_cast<std::int32_t>(best.at);
    Symbol& left = at(i);
    if (left.size == 0 || left.next < 0) continue;
    Symbol& right = at(left.next);
    // Either of them may have become another one since.
    const Merge* merge = merges_.find(left.id, right.id);
    if (merge == nullptr || merge->into != best.into) continue;
    left.id = best.into;
    left.size += right.size;
    left.next = right.next;
    right.size = 0;
    if (left.next >= 0) at(left.next).previous = i;
    offer(left.previous);
    offer(i);
  }
}

void Bpe::cut_word(std::string_view word, std::uint32_t begin, Memory& memory,
                   std::vector<Token>& tokens) const {
  if (options_.ignore_merges) {
    if (const auto id = tokens_.id(word)) {
      tokens.push_back({*id, begin, begin + static_cast<std::uint32_t>(word.size())});
      return;
    }
  }
  find_symbols(word, memory);
  if (memory.symbols.size() <= kShort) {
    merge_short(memory);
  } else {
    merge_long(memory);
  }
  std::uint32_t at = begin;
  const auto end = begin + static_cast<std::uint32_t>(word.size());
  for (const Symbol& symbol : memory.symbols) {
    if (symbol.size == 0) continue;
    const std::uint32_t to = std::min(at + symbol.size, end);
    tokens.push_back({symbol.id, at, to});
    at = to;
  }
}

void Bpe::cut(const SplitText& text, std::size_t limit, Scratch* scratch,
              std::vector<Token>& tokens) const {
  auto& memory = static_cast<Memory&>(*scratch);
  for (const Word place : text.words) {
    const std::string_view word = text.word(place);
    if (!memory.cache.find(word, place.begin, tokens)) {
      const std::size_t before = tokens.size();
      cut_word(word, place.begin, memory, tokens);
      memory.cache.keep(word, place.begin, std::span(tokens).subspan(before));
    }
    if (tokens.size() > limit) return;
  }
}

namespace {

/// "a b" or ["a", "b"].
Result<std::pair<std::string_view, std::string_view>> read_merge(const JsonPart& part,
                                                                 simdjson::dom::element merge) {
  constexpr std::string_view kNeeded = "a list of pairs of tokens";
  std::string_view both;
  if (merge.get(both) == simdjson::SUCCESS) {
    const std::size_t blank = both.find(' ');
    if (blank == std::string_view::npos || both.find(' ', blank + 1) != std::string_view::npos)
      return part.wrong("merges", kNeeded);
    return std::pair(both.substr(0, blank), both.substr(blank + 1));
  }
  simdjson::dom::array pair;
  std::string_view first;
  std::string_view second;
  if (merge.get(pair) != simdjson::SUCCESS || pair.size() != 2 ||
      pair.at(0).get(first) != simdjson::SUCCESS || pair.at(1).get(second) != simdjson::SUCCESS)
    return part.wrong("merges", kNeeded);
  return std::pair(first, second);
}

Result<Merges> read_merges(const JsonPart& part, const Vocabulary& vocabulary,
                           const std::string& continuing_prefix) {
  const auto list =
      KINDRED_TRY(part.required<simdjson::dom::array>("merges", "a list of pairs of tokens"));
  std::size_t count = 0;
  for ([[maybe_unused]] const simdjson::dom::element merge : list) ++count;
  Merges merges(count);
  std::uint32_t rank = 0;
  std::string joined;
  for (const simdjson::dom::element merge : list) {
    const auto [first, second] = KINDRED_TRY(read_merge(part, merge));
    joined = first;
    if (second.size() >= continuing_prefix.size())
      joined += second.substr(continuing_prefix.size());
    const auto first_id = vocabulary.id(first);
    const auto second_id = vocabulary.id(second);
    const auto into = vocabulary.id(joined);
    if (!first_id || !second_id || !into)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: merge {} is of \"{}\" and \"{}\": the vocabulary has no \"{}\"",
                              part.place(), rank, first, second,
                              !first_id    ? first
                              : !second_id ? second
                                           : std::string_view(joined)));
    merges.add(*first_id, *second_id, {rank++, *into});
  }
  return merges;
}

}  // namespace

Result<void> read_bpe(const JsonPart& part, TokenizerSpecification& out) {
  const auto dropout = KINDRED_TRY(part.optional<double>("dropout", "a number"));
  if (dropout.value_or(0) != 0)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: a dropout of {} makes tokens a matter of chance, Kindred has none",
                            part.place(), *dropout));
  KINDRED_TRY(read_vocabulary(part, "vocab", out.vocabulary));
  BpeOptions options;
  const std::string unknown = KINDRED_TRY(part.text("unk_token", ""));
  if (!unknown.empty()) {
    options.unknown = out.vocabulary.id(unknown);
    if (!options.unknown)
      return fail(ErrorCode::corrupt, fmt::format("{}: the vocabulary has no unknown token \"{}\"",
                                                  part.place(), unknown));
  }
  options.fuse_unknown = KINDRED_TRY(part.flag("fuse_unk", false));
  options.byte_fallback = KINDRED_TRY(part.flag("byte_fallback", false));
  options.ignore_merges = KINDRED_TRY(part.flag("ignore_merges", false));
  options.continuing_prefix = KINDRED_TRY(part.text("continuing_subword_prefix", ""));
  options.end_suffix = KINDRED_TRY(part.text("end_of_word_suffix", ""));
  Merges merges = KINDRED_TRY(read_merges(part, out.vocabulary, options.continuing_prefix));
  // The last pre-tokenizer need not spell bytes that the model reads as they are.
  if (!out.pre_tokenizers.empty() && options.continuing_prefix.empty() &&
      options.end_suffix.empty() && !options.unknown && !options.byte_fallback)
    if (auto raw = out.pre_tokenizers.back()->without_spelling()) {
      out.pre_tokenizers.back() = std::move(raw);
      options.raw_bytes = true;
    }
  out.model = std::make_unique<Bpe>(out.vocabulary, std::move(merges), std::move(options));
  return {};
}

}  // namespace kindred::text
