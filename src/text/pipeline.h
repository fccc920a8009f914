/// The parts of a tokenizer, in the order in which a text passes through them: added tokens are
/// found, the rest is normalized, cut into words, the words into pieces, and the pieces framed by
/// special tokens.
///
/// The readers (tokenizer_json.h, vocab_txt.h) make one; tokenizer.cpp runs it.
#pragma once

#include <cstdint>
#include <vector>

#include "text/added_tokens.h"
#include "text/bert_normalizer.h"
#include "text/bert_pre_tokenizer.h"
#include "text/frame.h"
#include "text/vocabulary.h"
#include "text/word_piece.h"

namespace kindred::text {

/// What a reader finds in a model's files.
struct TokenizerSpecification {
  Vocabulary vocabulary;  ///< the model's tokens and the added ones
  std::vector<AddedToken> added;
  BertNormalizerOptions normalizer;
  WordPieceOptions model;
  Frame frame;
  std::size_t max_tokens = 0;  ///< what the files ask for, 0 where they don't say
};

/// A specification made ready to run. Does not move: its parts point at each other.
class Pipeline {
 public:
  explicit Pipeline(TokenizerSpecification specification);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  const TokenizerSpecification& specification() const { return specification_; }

  /// The tokens of one text without its frame, as many as `limit` and perhaps one more, to tell
  /// that there are more.
  struct Tokens {
    std::vector<std::uint32_t> ids;
    std::vector<TokenOffset> offsets;  ///< as many as ids where asked for, else empty

    void clear() {
      ids.clear();
      offsets.clear();
    }
  };
  /// Memory that one thread uses again and again.
  struct Scratch {
    NormalizedText normalized;
    std::vector<Stretch> stretches;
    std::vector<Stretch> normalized_stretches;
    std::vector<Piece> pieces;
  };
  void run(std::string_view text, std::size_t limit, bool with_offsets, Scratch& scratch,
           Tokens& out) const;

 private:
  void cut(std::string_view words, std::size_t first, std::size_t limit,
           const NormalizedText& normalized, bool with_offsets, Scratch& scratch,
           Tokens& out) const;

  TokenizerSpecification specification_;
  BertNormalizer normalizer_;
  BertPreTokenizer pre_tokenizer_;
  WordPiece model_;
  AddedTokens added_in_original_;
  AddedTokens added_in_normalized_;
};

}  // namespace kindred::text
