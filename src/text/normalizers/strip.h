/// Strip: removes white space at the start and at the end, or at one of them.
///
/// Thread safety: immutable. Cost: linear.
#pragma once

#include <memory>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

class Strip final : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}

  void normalize(NormalizedText& given, NormalizedText& out) const override;

 private:
  bool left_;
  bool right_;
};

Result<std::unique_ptr<const Normalizer>> read_strip(const JsonPart& part);

}  // namespace kindred::text
