/// A text that stands for itself. The empty one is found between any two code points, and at both
/// ends.
///
/// Thread safety: immutable. Cost: linear.
#pragma once

#include <string>

#include "text/patterns/pattern.h"

namespace kindred::text {

class Literal final : public Pattern {
 public:
  explicit Literal(std::string text) : text_(std::move(text)) {}

  void find(std::string_view text, std::vector<Match>& matches) const override;

 private:
  std::string text_;
};

}  // namespace kindred::text
