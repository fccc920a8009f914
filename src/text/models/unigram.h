/// Unigram: of all ways to cut a word into pieces, the likeliest, where pieces are drawn
/// independently, each with its probability (Kudo 2018, arXiv:1804.10959, section 3.2).
///
/// Scores are logarithms of probabilities, so the best way to cut what ends at a byte is the best
/// way to cut what ends before its last piece, and that piece (Viterbi 1967). The pieces that begin
/// at a byte are found in one walk through a trie. Sums are taken in the order of the reference and
/// with its precision, and of equal ones the first found stays, so that ties fall as they do there.
///
/// A code point that is no piece is unknown: it scores less than any piece. Unknown ones that
/// follow one another are one token, or, where bytes have tokens, as many as they have bytes.
///
/// Thread safety: immutable. Cost: linear in the word, times the longest piece; words seen before
/// are remembered.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "text/json_part.h"
#include "text/models/model.h"
#include "text/models/word_cache.h"
#include "text/specification.h"
#include "text/trie.h"

namespace kindred::text {

/// The tokens of the 256 bytes; kNoToken where one has none.
using ByteTokens = std::array<std::uint32_t, 256>;
inline constexpr std::uint32_t kNoToken = ~std::uint32_t{0};

class Unigram final : public Model {
 public:
  struct Options {
    std::vector<double> scores;  ///< by id
    /// Where there is none, what is unknown has no token.
    std::optional<std::uint32_t> unknown;
    double unknown_score = 0;
    std::optional<ByteTokens> bytes;  ///< stand for what is unknown
    /// Sums have 32 bits, each unknown code point has its own bytes, and unknown ones
    /// together are never a piece: SentencePiece; else Hugging Face.
    bool sentence_piece = false;
  };
  /// The values of `pieces` are ids; those of pieces alone that may be found in a text.
  Unigram(Trie pieces, Options options);

  std::unique_ptr<Scratch> make_scratch() const override;
  std::optional<std::uint32_t> verbatim_token() const override { return options_.unknown; }
  void cut(const SplitText& text, std::size_t limit, Scratch* scratch,
           std::vector<Token>& tokens) const override;

 private:
  /// The best way to cut what ends at a byte: its score, and its last piece.
  struct Best {
    double score;
    std::uint32_t begin;  // of the piece
    std::uint32_t id;
  };
  struct Memory final : Scratch {
    WordCache cache;
    std::vector<Best> best;
    std::vector<Token> path;
  };
  template <typename Sum>
  void find_best(std::string_view word, std::vector<Best>& best) const;
  void cut_word(std::string_view word, std::uint32_t word_begin, Memory& memory,
                std::vector<Token>& tokens) const;
  void add_unknown(std::string_view word, Token unknown, std::uint32_t word_begin,
                   std::vector<Token>& tokens) const;

  Trie trie_;
  Options options_;
};

/// The tokens "<0x00>" to "<0xFF>" of `vocabulary`.
ByteTokens byte_tokens(const Vocabulary& vocabulary);

Result<void> read_unigram(const JsonPart& part, TokenizerSpecification& out);

}  // namespace kindred::text
