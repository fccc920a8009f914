/// Lowercase: every letter by its full lower-case mapping, whatever stands around it.
///
/// Thread safety: immutable. Cost: linear.
#pragma once

#include <memory>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

class Lowercase final : public Normalizer {
 public:
  void normalize(NormalizedText& given, NormalizedText& out) const override;
};

Result<std::unique_ptr<const Normalizer>> read_lowercase(const JsonPart& part);

}  // namespace kindred::text
