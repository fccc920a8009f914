/// Nmt: the cleaning that Google's translation models begin with. Controls are removed; other kinds
/// of space, marks of direction and U+FFFD become blanks.
///
/// Thread safety: immutable. Cost: linear.
#pragma once

#include <memory>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

class Nmt final : public Normalizer {
 public:
  void normalize(NormalizedText& text, NormalizedText& spare) const override;
};

Result<std::unique_ptr<const Normalizer>> read_nmt(const JsonPart& part);

}  // namespace kindred::text
