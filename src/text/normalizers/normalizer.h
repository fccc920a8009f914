/// A normalizer: rewrites a text before it is cut into words (accents stripped, letters lowered,
/// one Unicode form).
///
/// Origins follow the reference's rule: a code point that replaces another takes its origin; one
/// that is inserted takes that of the code point before it.
/// Thread safety: immutable.
#pragma once

#include "text/normalized_text.h"

namespace kindred::text {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  /// Replaces `text` by its normalized form. `spare` is memory to work in: it is overwritten.
  virtual void normalize(NormalizedText& text, NormalizedText& spare) const = 0;
};

}  // namespace kindred::text
