/// The models of SentencePiece beside Unigram (unigram.h): byte pairs, code points, words, as its
/// own program cuts with them.
///
/// Thread safety: immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "text/models/model.h"
#include "text/models/unigram.h"
#include "text/trie.h"

namespace kindred::text {

/// The pieces of a model that may stand in a text, and what stands for the others.
struct SentencePieces {
  Trie pieces;                ///< values are ids
  Trie user_defined;          ///< those of them that nothing cuts or joins
  std::vector<float> scores;  ///< by id
  std::vector<bool> unused;   ///< by id: pieces that lead to others, but are cut again at the end
  std::uint32_t unknown = 0;
  std::optional<ByteTokens> bytes;

  /// The id of a piece, or `unknown`.
  std::uint32_t id(std::string_view piece) const;
  /// How many bytes at the start of `text` are a user-defined piece, the longest one; 0 for none.
  std::size_t user_defined_size(std::string_view text) const;
  /// Appends the tokens of a piece: an unknown one is as many tokens as it has bytes, where bytes
  /// have tokens, else one together with the unknown ones before it. `first`: where the tokens of
  /// its word begin.
  void add(std::string_view piece, std::uint32_t begin, std::size_t first,
           std::vector<Token>& tokens) const;
};

/// Byte-pair encoding by scores (Sennrich et al. 2016, arXiv:1508.07909): of all neighbours that
/// together are a piece, the two with the best score are joined, the leftmost of equal ones, until
/// there are none.
///
/// Cost: n log n in the word, times the longest piece.
class SentencePieceBpe final : public Model {
 public:
  explicit SentencePieceBpe(SentencePieces pieces) : pieces_(std::move(pieces)) {}

  std::unique_ptr<Scratch> make_scratch() const override;
  void cut(const SplitText& text, std::size_t limit, Scratch* scratch,
           std::vector<Token>& tokens) const override;

 private:
  struct Memory;
  void join(std::string_view word, Memory& memory) const;
  void offer(std::string_view word, std::uint32_t left, std::uint32_t right, Memory& memory) const;

  SentencePieces pieces_;
};

/// Each code point a piece, or each word: what begins with "▁".
///
/// Cost: linear.
class SentencePieceWords final : public Model {
 public:
  SentencePieceWords(SentencePieces pieces, bool code_points)
      : pieces_(std::move(pieces)), code_points_(code_points) {}

  void cut(const SplitText& text, std::size_t limit, Scratch* scratch,
           std::vector<Token>& tokens) const override;

 private:
  SentencePieces pieces_;
  bool code_points_;
};

}  // namespace kindred::text
