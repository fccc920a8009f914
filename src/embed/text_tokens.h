/// Texts as a TextEncoder takes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "kindred/result.h"
#include "kindred/tokenizer.h"

namespace kindred::embed {

/// Tokens; for models that read words, what each of them is.
struct TextTokens : TokenBatch {
  std::vector<std::string_view> words;  ///< by token; empty: ids say it. The texts must outlive it

  /// Adds bytes [begin, end) of a text, of 4 GiB at most, as a word.
  void add_word(std::string_view text, std::size_t begin, std::size_t end) {
    ids.push_back(static_cast<std::uint32_t>(words.size()));
    type_ids.push_back(0);
    words.push_back(text.substr(begin, end - begin));
    offsets.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }
  /// Ends the text whose words were added.
  void end_text(bool cut) {
    truncated.push_back(cut ? 1 : 0);
    starts.push_back(ids.size());
  }
};

/// Fails where places in the text are beyond 32 bits.
inline Result<void> check_text_size(std::string_view text) {
  if (text.size() <= std::numeric_limits<std::uint32_t>::max()) return {};
  return fail(ErrorCode::invalid_argument, "a text is larger than 4 GiB");
}

}  // namespace kindred::embed
