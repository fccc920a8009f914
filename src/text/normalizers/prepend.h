/// Prepend: puts a text before any text that is not empty, as SentencePiece's models want "▁".
///
/// Thread safety: immutable. Cost: a copy of the text.
#pragma once

#include <memory>
#include <string>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

class Prepend final : public Normalizer {
 public:
  explicit Prepend(std::string prefix);

  void normalize(NormalizedText& given, NormalizedText& out) const override;

 private:
  std::string prefix_;  // well-formed
};

Result<std::unique_ptr<const Normalizer>> read_prepend(const JsonPart& part);

}  // namespace kindred::text
