/// Split: cuts at what a pattern finds, or at what it does not find.
///
/// Thread safety: immutable. Cost: the pattern's.
#pragma once

#include <memory>

#include "text/json_part.h"
#include "text/patterns/pattern.h"
#include "text/pre_tokenizers/pre_tokenizer.h"
#include "text/pre_tokenizers/split_behavior.h"

namespace kindred::text {

class Split final : public PreTokenizer {
 public:
  /// `invert`: what lies between matches is taken for the matches.
  Split(std::unique_ptr<const Pattern> pattern, SplitBehavior behavior, bool invert)
      : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert) {}

  void split(SplitText& text, SplitText& spare) const override;

 private:
  std::unique_ptr<const Pattern> pattern_;
  SplitBehavior behavior_;
  bool invert_;
};

Result<std::unique_ptr<const PreTokenizer>> read_split(const JsonPart& part);

}  // namespace kindred::text
