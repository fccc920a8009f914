#include "text/word_piece.h"

#include <algorithm>
#include <utility>

namespace kindred::text {
namespace {

Trie trie_of(const Vocabulary& vocabulary, std::span<const std::uint32_t> added) {
  std::vector<std::pair<std::string_view, std::int32_t>> strings;
  strings.reserve(vocabulary.size());
  for (std::size_t id = 0; id < vocabulary.tokens().size(); ++id)
    if (!vocabulary.tokens()[id].empty() && !std::ranges::binary_search(added, id))
      strings.emplace_back(vocabulary.tokens()[id], static_cast<std::int32_t>(id));
  return Trie(std::move(strings));
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

}  // namespace

WordPiece::WordPiece(const Vocabulary& vocabulary, std::span<const std::uint32_t> added,
                     const WordPieceOptions& options)
    : trie_(trie_of(vocabulary, added)),
      continuing_(trie_.walk(Trie::kRoot, options.continuing_prefix)),
      unknown_(*vocabulary.id(options.unknown_token)),
      max_chars_(options.max_input_chars_per_word) {}

void WordPiece::cut_further(Piece piece, std::string_view word, std::vector<Piece>& pieces) const {
  if (code_points(word) <= max_chars_) {
    std::size_t begin = 0;
    while (piece.end != begin) {
      pieces.push_back(piece);
      begin = piece.end;
      if (begin == word.size()) return;
      if (continuing_ == Trie::kNone) break;
      piece = longest(continuing_, word, begin);
    }
    pieces.clear();
  }
  pieces.push_back({unknown_, static_cast<std::uint32_t>(word.size())});
}

}  // namespace kindred::text
