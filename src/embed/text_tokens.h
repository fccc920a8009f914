/// Texts as a TextEncoder takes them.
#pragma once

#include <string_view>
#include <vector>

#include "kindred/tokenizer.h"

namespace kindred::embed {

/// Tokens; for models that read words, what each of them is.
struct TextTokens : TokenBatch {
  std::vector<std::string_view> words;  ///< by token; empty: ids say it. The texts must outlive it
};

}  // namespace kindred::embed
