/// Precompiled: SentencePiece's compiled rules as Hugging Face tokenizers apply them, which is not
/// quite as SentencePiece does (sentence_piece_normalizer.h).
///
/// The text is taken cluster by cluster (UAX #29). A cluster of fewer than six bytes is replaced as
/// a whole by the rule of its shortest beginning, whatever stands behind that; where there is none,
/// or the cluster is longer, each code point is replaced alone.
///
/// Thread safety: immutable. Cost: linear; ASCII without rules is copied.
#pragma once

#include <array>
#include <memory>

#include "text/json_part.h"
#include "text/normalizers/character_map.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

class Precompiled final : public Normalizer {
 public:
  explicit Precompiled(CharacterMap map);

  void normalize(NormalizedText& given, NormalizedText& out) const override;

 private:
  CharacterMap map_;
  std::array<bool, 128> stays_{};  // ASCII that no rule begins with, and that is no CR
};

Result<std::unique_ptr<const Normalizer>> read_precompiled(const JsonPart& part);

}  // namespace kindred::text
