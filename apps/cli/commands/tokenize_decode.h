/// kindred tokenize --decode: from ids back to texts.
#pragma once

#include <string>
#include <vector>

#include "kindred/tokenizer.h"

namespace kindred::cli {

struct DecodeOptions {
  std::vector<std::string> paths;  ///< "-" is standard input
  bool special_tokens = false;     ///< keep them in the text
  bool json = false;
};

/// Prints the text of each line's ids. A line is ids between blanks (`101 7592 102`), a JSON list
/// of them, or a JSON object whose "ids" are one, as `kindred tokenize --json` prints; an empty
/// line is an empty text. Anything else is an error that names file and line. Memory: the longest
/// line.
Result<void> decode_ids(const Tokenizer& tokenizer, const DecodeOptions& options);

}  // namespace kindred::cli
