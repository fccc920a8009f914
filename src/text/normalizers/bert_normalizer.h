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
#include <memory>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

struct BertNormalizerOptions {
  bool clean_text = true;
  bool handle_chinese_chars = true;
  bool strip_accents = true;
  bool lowercase = true;
};

class BertNormalizer final : public Normalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options);

  void normalize(NormalizedText& text, NormalizedText& spare) const override;

 private:
  BertNormalizerOptions options_;
  std::array<char, 128> ascii_;  // what becomes of it; kGone where it is removed
};

Result<std::unique_ptr<const Normalizer>> read_bert_normalizer(const JsonPart& part);

}  // namespace kindred::text
