/// Replace: puts a text in place of whatever a pattern finds.
///
/// Thread safety: immutable. Cost: the pattern's.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"
#include "text/patterns/pattern.h"

namespace kindred::text {

class Replace final : public Normalizer {
 public:
  Replace(std::unique_ptr<const Pattern> pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}

  void normalize(NormalizedText& given, NormalizedText& out) const override;

 private:
  std::unique_ptr<const Pattern> pattern_;
  std::string content_;
};

Result<std::unique_ptr<const Normalizer>> read_replace(const JsonPart& part);

}  // namespace kindred::text
