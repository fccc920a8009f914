/// StripAccents: removes marks. It decomposes nothing: é loses its accent only where a form (NFD,
/// NFKD) has made two code points of it before.
///
/// Thread safety: immutable. Cost: linear.
#pragma once

#include <memory>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

class StripAccents final : public Normalizer {
 public:
  void normalize(NormalizedText& text, NormalizedText& spare) const override;
};

Result<std::unique_ptr<const Normalizer>> read_strip_accents(const JsonPart& part);

}  // namespace kindred::text
