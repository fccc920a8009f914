#include "text/models/sentence_piece.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "text/unicode/unicode.h"

namespace kindred::text {

std::uint32_t SentencePieces::id(std::string_view piece) const {
  const Trie::State state = pieces.walk(pieces.root(), piece);
  if (state == Trie::kNone || Trie::value(state) == Trie::kNoValue) return unknown;
  return static_cast<std::uint32_t>(Trie::value(state));
}

std::size_t SentencePieces::user_defined_size(std::string_view text) const {
  std::size_t longest = 0;
  Trie::State state = user_defined.root();
  for (std::size_t i = 0; i < text.size(); ++i) {
    state = user_defined.child(state, static_cast<unsigned char>(text[i]));
    if (state == Trie::kNone) break;
    if (Trie::value(state) != Trie::kNoValue) longest = i + 1;
  }
  return longest;
}

void SentencePieces::add(std::string_view piece, std::uint32_t begin, std::size_t first,
                         std::vector<Token>& tokens) const {
  const auto end = begin + static_cast<std::uint32_t>(piece.size());
  const std::uint32_t found = id(piece);
  if (found != unknown) {
    tokens.push_back({found, begin, end});
  } else if (bytes) {
    for (const char byte : piece)
      tokens.push_back({(*bytes)[static_cast<unsigned char>(byte)], begin, end});
  } else if (tokens.size() > first && tokens.back().id == unknown) {
    tokens.back().end = end;
  } else {
    tokens.push_back({unknown, begin, end});
  }
}

namespace {

constexpr std::uint32_t kNobody = ~std::uint32_t{0};

/// A piece of a word in a list of them; joined ones live on in the left of the two.
struct Symbol {
  std::uint32_t begin, end;  // equal: it was joined to the one before it
  std::uint32_t before, after;
  bool frozen;  // user-defined
};

/// Two neighbours that could be joined, as they were when this was offered.
struct Pair {
  float score;
  std::uint32_t left, right;
  std::uint32_t begin, end;
  bool operator<(const Pair& other) const {
    return score < other.score || (score == other.score && left > other.left);
  }
};

}  // namespace

struct SentencePieceBpe::Memory final : Model::Scratch {
  std::vector<Symbol> symbols;
  std::vector<Pair> pairs;  // a heap, the best first
  /// Of what an unused piece was joined last: the size of its left part.
  std::unordered_map<std::string_view, std::uint32_t> seams;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pending;
};

std::unique_ptr<Model::Scratch> SentencePieceBpe::make_scratch() const {
  return std::make_unique<Memory>();
}

void SentencePieceBpe::offer(std::string_view word, std::uint32_t left, std::uint32_t right,
                             Memory& memory) const {
  if (left == kNobody || right == kNobody) return;
  const Symbol& a = memory.symbols[left];
  const Symbol& b = memory.symbols[right];
  if (a.frozen || b.frozen) return;
  const Trie::State state =
      pieces_.pieces.walk(pieces_.pieces.root(), word.substr(a.begin, b.end - a.begin));
  if (state == Trie::kNone || Trie::value(state) == Trie::kNoValue) return;
  const auto id = static_cast<std::size_t>(Trie::value(state));
  memory.pairs.push_back({pieces_.scores[id], left, right, a.begin, b.end});
  std::push_heap(memory.pairs.begin(), memory.pairs.end());
  if (pieces_.unused[id])
    memory.seams.insert_or_assign(word.substr(a.begin, b.end - a.begin), a.end - a.begin);
}

void SentencePieceBpe::join(std::string_view word, Memory& memory) const {
  std::vector<Symbol>& symbols = memory.symbols;
  symbols.clear();
  memory.pairs.clear();
  memory.seams.clear();
  for (std::uint32_t begin = 0; begin < word.size();) {
    const std::size_t fixed = pieces_.user_defined_size(word.substr(begin));
    const auto size = static_cast<std::uint32_t>(fixed != 0 ? fixed : decode(word, begin).size);
    const auto index = static_cast<std::uint32_t>(symbols.size());
    symbols.push_back({begin, begin + size, index == 0 ? kNobody : index - 1,
                       begin + size == word.size() ? kNobody : index + 1, fixed != 0});
    begin += size;
  }
  for (std::uint32_t i = 1; i < symbols.size(); ++i) offer(word, i - 1, i, memory);
  while (!memory.pairs.empty()) {
    const Pair best = memory.pairs.front();
    std::pop_heap(memory.pairs.begin(), memory.pairs.end());
    memory.pairs.pop_back();
    Symbol& left = symbols[best.left];
    Symbol& right = symbols[best.right];
    // One of the two was joined to another since.
    if (left.begin == left.end || right.begin == right.end || left.begin != best.begin ||
        right.end != best.end || left.end != right.begin)
      continue;
    left.end = right.end;
    left.after = right.after;
    if (right.after != kNobody) symbols[right.after].before = best.left;
    right.begin = right.end;
    offer(word, left.before, best.left, memory);
    offer(word, best.left, left.after, memory);
  }
}

void SentencePieceBpe::cut(const SplitText& text, std::size_t limit, Scratch* scratch,
                           std::vector<Token>& tokens) const {
  Memory& memory = static_cast<Memory&>(*scratch);
  for (const Word place : text.words) {
    const std::string_view word = text.word(place);
    const std::size_t first = tokens.size();
    join(word, memory);
    for (std::uint32_t i = 0; i != kNobody; i = memory.symbols[i].after) {
      memory.pending.assign(1, {memory.symbols[i].begin, memory.symbols[i].end});
      while (!memory.pending.empty()) {
        const auto [begin, end] = memory.pending.back();
        memory.pending.pop_back();
        const std::string_view piece = word.substr(begin, end - begin);
        const auto seam =
            pieces_.unused[pieces_.id(piece)] ? memory.seams.find(piece) : memory.seams.end();
        if (seam != memory.seams.end()) {
          memory.pending.emplace_back(begin + seam->second, end);
          memory.pending.emplace_back(begin, begin + seam->second);
        } else {
          pieces_.add(piece, place.begin + begin, first, tokens);
        }
      }
    }
    if (tokens.size() > limit) return;
  }
}

void SentencePieceWords::cut(const SplitText& text, std::size_t limit, Scratch* /*scratch*/,
                             std::vector<Token>& tokens) const {
  constexpr std::string_view kBlank = "\u2581";
  for (const Word place : text.words) {
    const std::string_view word = text.word(place);
    const std::size_t first = tokens.size();
    for (std::size_t begin = 0; begin < word.size();) {
      std::size_t end = begin;
      if (code_points_) {
        end += std::max<std::size_t>(pieces_.user_defined_size(word.substr(begin)), 1);
        while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) ++end;
      } else {
        end = std::min(word.find(kBlank, begin + 1), word.size());
      }
      pieces_.add(word.substr(begin, end - begin), place.begin + static_cast<std::uint32_t>(begin),
                  first, tokens);
      begin = end;
    }
    if (tokens.size() > limit) return;
  }
}

}  // namespace kindred::text
