/// The way of a text through a tokenizer: added tokens are found, the rest is normalized, cut into
/// words, the words into tokens.
///
/// Thread safety: immutable; each thread brings a Scratch. Cost: linear in the text but for what a
/// part says of itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "text/post_processors/trim_offsets.h"
#include "text/specification.h"

namespace kindred::text {

/// Does not move: its parts point at each other.
class Pipeline {
 public:
  explicit Pipeline(TokenizerSpecification specification);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  const TokenizerSpecification& specification() const { return specification_; }

  /// The tokens of one text without its frame.
  struct Tokens {
    std::vector<std::uint32_t> ids;
    std::vector<TokenOffset> offsets;  ///< as many as ids where asked for, else empty
    /// Where offsets are asked for: the blanks of tokens that stand for other text than the
    /// vocabulary has for them: added tokens that took white space along or were found in
    /// normalized text, and unknown text.
    struct Surface {
      std::size_t token;
      Blanks blanks;
    };
    std::vector<Surface> surfaces;

    void clear() {
      ids.clear();
      offsets.clear();
      surfaces.clear();
    }
  };
  /// Memory that one thread uses again and again.
  struct Scratch {
    SplitText split;
    SplitText spare;
    std::vector<Stretch> stretches;
    std::vector<Stretch> normalized_stretches;
    NormalizedText normalized;
    std::vector<Token> tokens;
    std::unique_ptr<Model::Scratch> model;
  };
  std::unique_ptr<Scratch> make_scratch() const;

  /// Where there are more tokens than `limit`, at least one more than that is returned, and perhaps
  /// not all.
  void run(std::string_view text, std::size_t limit, bool with_offsets, Scratch& scratch,
           Tokens& out) const;

 private:
  void cut(std::size_t limit, bool with_offsets, Scratch& scratch, Tokens& out) const;

  TokenizerSpecification specification_;
  AddedTokens added_in_original_;
  AddedTokens added_in_normalized_;
  bool needs_origins_ = false;
};

}  // namespace kindred::text
