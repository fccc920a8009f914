/// WordPiece: a word is cut into the longest pieces of the vocabulary, from its start (Wu et al.
/// 2016, arXiv:1609.08144, section 4.1).
///
/// Pieces after the first carry a prefix in the vocabulary ("##"). A word that can't be cut whole,
/// or has more than max_input_chars_per_word code points, is one unknown token.
///
/// Thread safety: immutable. Cost: linear in the word: a piece is found in one walk through a trie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/trie.h"
#include "text/vocabulary.h"

namespace kindred::text {

struct WordPieceOptions {
  std::string unknown_token = "[UNK]";
  std::string continuing_prefix = "##";
  std::size_t max_input_chars_per_word = 100;
};

/// A piece of a word and the byte of the word where it ends; it begins where the one before it
/// ends.
struct Piece {
  std::uint32_t id;
  std::uint32_t end;
};

class WordPiece {
 public:
  /// The unknown token is in the vocabulary. `added`: ids that words are not cut into, ascending.
  WordPiece(const Vocabulary& vocabulary, std::span<const std::uint32_t> added,
            const WordPieceOptions& options);

  /// Replaces `pieces` by those of `word`, which is well-formed UTF-8, not empty, and below 4 GiB.
  void cut(std::string_view word, std::vector<Piece>& pieces) const {
    pieces.clear();
    const Piece piece = longest(Trie::kRoot, word, 0);
    // The common case: the word is a piece.
    if (piece.end == word.size() && word.size() <= max_chars_) {
      pieces.push_back(piece);
      return;
    }
    cut_further(piece, word, pieces);
  }

 private:
  /// The longest piece at `begin`; its end is `begin` where there is none.
  Piece longest(Trie::State state, std::string_view word, std::size_t begin) const {
    Piece found{unknown_, static_cast<std::uint32_t>(begin)};
    for (std::size_t i = begin; i < word.size(); ++i) {
      state = trie_.child(state, static_cast<unsigned char>(word[i]));
      if (state == Trie::kNone) break;
      if (const std::int32_t value = trie_.value(state); value != Trie::kNoValue)
        found = {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(i + 1)};
    }
    return found;
  }
  void cut_further(Piece first, std::string_view word, std::vector<Piece>& pieces) const;

  Trie trie_;
  Trie::State continuing_;  // where the prefix leads; kNone where no token has it
  std::uint32_t unknown_;
  std::size_t max_chars_;
};

}  // namespace kindred::text
