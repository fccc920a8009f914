/// A pattern: what a normalizer replaces, or a pre-tokenizer cuts at. A text that stands for
/// itself, or a regular expression as the reference's engine (Oniguruma) reads it.
///
/// Thread safety: immutable.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "text/json_part.h"

namespace kindred::text {

/// Bytes [begin, end) of a text. One that is empty lies between two code points.
struct Match {
  std::size_t begin, end;
  bool operator==(const Match&) const = default;
};

class Pattern {
 public:
  virtual ~Pattern() = default;
  /// Appends all matches in `text` (well-formed UTF-8), from left to right; they do not overlap,
  /// and an empty one never follows another match at its end. There are none in an empty text.
  /// Throws a TextError where it would take longer than any text should.
  virtual void find(std::string_view text, std::vector<Match>& matches) const = 0;
};

/// The pattern that `field` of `part` describes: {"String": "-"} or {"Regex": "\\s+"}.
Result<std::unique_ptr<const Pattern>> read_pattern(const JsonPart& part, std::string_view field);

}  // namespace kindred::text
