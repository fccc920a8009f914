/// Back from pieces to text as SentencePiece goes (Kudo, Richardson 2018, arXiv:1808.06226, section
/// 3.2): "▁" becomes a blank, byte pieces become bytes, control pieces nothing, the unknown piece a
/// sign that says so.
///
/// The blank that was put in front of the text goes again; where blanks were thinned out, so do all
/// that stand there. Bytes that together are no UTF-8 become U+FFFD, one each. A model may have
/// rules for decoded texts too, which are applied at the end.
///
/// Thread safety: immutable. Cost: linear, with a look into a hash table a piece.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "text/decoders/decoder.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

class SentencePieceDecoder final : public Decoder {
 public:
  struct Options {
    std::unordered_map<std::string, std::uint8_t> bytes;  ///< the byte pieces
    std::unordered_map<std::string, std::string> shown;   ///< pieces that are shown as another text
    bool strips_blank = true;                   ///< takes one blank from the start of a text
    bool strips_blanks = true;                  ///< takes all of them
    std::unique_ptr<const Normalizer> rewrite;  ///< of the decoded text; null where there is none
  };
  explicit SentencePieceDecoder(Options options) : options_(std::move(options)) {}

  void decode(std::vector<std::string>& tokens) const override;

 private:
  Options options_;
};

}  // namespace kindred::text
