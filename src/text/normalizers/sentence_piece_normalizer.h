/// What SentencePiece does to a text before it cuts it (Kudo, Richardson 2018, arXiv:1808.06226).
///
/// From left to right, the longest beginning that is a user-defined piece stays as it is, else the
/// longest that has a compiled rule is replaced. Blanks are then thinned out: none at the ends, one
/// between words; one is put in front (or behind), so that a word looks the same at the start of a
/// text; and each becomes "▁".
///
/// Thread safety: immutable. Cost: linear, times the longest rule.
#pragma once

#include <utility>

#include "text/normalizers/character_map.h"
#include "text/normalizers/normalizer.h"
#include "text/trie.h"

namespace kindred::text {

class SentencePieceNormalizer final : public Normalizer {
 public:
  struct Options {
    CharacterMap rules;
    Trie user_defined;  ///< pieces that rules leave alone
    bool adds_blank = true;
    bool blank_behind = false;  ///< where one is added: behind the text, not in front
    bool thins_blanks = true;
    bool shows_blanks = true;  ///< as "▁"
  };
  explicit SentencePieceNormalizer(Options options) : options_(std::move(options)) {}

  void normalize(NormalizedText& given, NormalizedText& out) const override;

 private:
  /// How many bytes at the start of `text` are replaced together, and by what.
  CharacterMap::Rule next(std::string_view text) const;

  Options options_;
};

}  // namespace kindred::text
