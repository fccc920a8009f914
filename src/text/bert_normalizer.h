/// BertNormalizer: what BERT does to a text before it looks for words (Devlin et al. 2018, the
/// released tokenization code).
///
/// In this order, each where asked for: control characters are removed and every kind of space
/// becomes a blank (clean_text); spaces are put around Chinese characters (handle_chinese_chars);
/// accents are stripped, by canonical decomposition without marks (strip_accents); letters are
/// lowered (lowercase).
///
/// Thread safety: immutable. Cost: linear; ASCII is copied through a table.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "text/normalized_text.h"

namespace kindred::text {

struct BertNormalizerOptions {
  bool clean_text = true;
  bool handle_chinese_chars = true;
  bool strip_accents = true;
  bool lowercase = true;
};

class BertNormalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options);

  /// Appends what `text` becomes. `first` is the offset of `text` in the original; origins are kept
  /// where `with_origins`.
  void normalize(std::string_view text, std::size_t first, bool with_origins,
                 NormalizedText& out) const;

 private:
  BertNormalizerOptions options_;
  std::array<char, 128> ascii_;  // what becomes of it; kGone where it is removed
};

}  // namespace kindred::text
