/// ByteLevel: each byte becomes its character of the byte-level alphabet (byte_alphabet.h).
///
/// Thread safety: immutable. Cost: linear.
#pragma once

#include <memory>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

class ByteLevelNormalizer final : public Normalizer {
 public:
  void normalize(NormalizedText& given, NormalizedText& out) const override;
};

Result<std::unique_ptr<const Normalizer>> read_byte_level_normalizer(const JsonPart& part);

}  // namespace kindred::text
