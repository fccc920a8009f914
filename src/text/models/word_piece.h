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
#include <string>
#include <string_view>
#include <vector>

#include "text/json_part.h"
#include "text/models/model.h"
#include "text/specification.h"
#include "text/trie.h"

namespace kindred::text {

struct WordPieceOptions {
  std::string unknown_token = "[UNK]";
  std::string continuing_prefix = "##";
  std::size_t max_input_chars_per_word = 100;
};

class WordPiece final : public Model {
 public:
  /// The unknown token is in the vocabulary.
  WordPiece(const Vocabulary& vocabulary, const WordPieceOptions& options);

  void cut(const SplitText& text, std::size_t limit, Scratch* scratch,
           std::vector<Token>& tokens) const override;

 private:
  /// A piece and the byte of the word where it ends.
  struct Piece {
    std::uint32_t id;
    std::uint32_t end;
  };
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
  /// Appends the pieces of a word that is longer than its first.
  void cut_further(Piece piece, std::string_view word, std::uint32_t word_begin,
                   std::vector<Token>& tokens) const;

  Trie trie_;
  Trie::State continuing_;  // where the prefix leads; kNone where no token has it
  std::uint32_t unknown_;
  std::size_t max_chars_;
};

Result<void> read_word_piece(const JsonPart& part, TokenizerSpecification& out);

}  // namespace kindred::text
