/// kindred tokenize --count: how many tokens files have.
#pragma once

#include "kindred/tokenizer.h"
#include "texts_input.h"

namespace kindred::cli {

struct CountOptions {
  TextsInput input;
  bool special_tokens = false;  ///< count those that frame each text, too
  bool json = false;
};

/// Prints the tokens of each file, and of all where there are several. No text is cut at the
/// model's window. Memory: a few megabytes, or the longest text; all threads work.
Result<void> count_tokens(const Tokenizer& tokenizer, const CountOptions& options);

}  // namespace kindred::cli
