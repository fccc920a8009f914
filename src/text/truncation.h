/// How much of a text, or of each text of a pair, a sequence may have; and the windows that go
/// through a text that has more.
///
/// The reference's rules (Hugging Face `tokenizers` 0.23.3), but for two of them: where a window
/// would not get ahead (no more tokens are kept than it repeats), which ends the reference's
/// process, and where nothing at all is kept of a text, for which the reference gives one window
/// that is longer than asked for. Here both are errors, and only where windows are asked for.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "kindred/result.h"
#include "kindred/tokenizer.h"

namespace kindred::text {

/// How many tokens are left of a text and of the second one of a pair.
struct Kept {
  std::size_t first = 0;
  std::size_t second = 0;
  bool operator==(const Kept&) const = default;
};

/// What is left of texts of `first` and `second` tokens (`second`: none where there is one text)
/// when both together may have `limit`.
///
/// Longest first: the longer one is cut to the length of the shorter, then both alike; it is
/// computed in one step, and an odd token goes to the one that was longer (to the second where both
/// were as long). A limit of 0 takes everything, whatever the strategy. Fails where the one text
/// that may be cut is not there or would lose all of its tokens.
Result<Kept> truncate(std::size_t first, std::optional<std::size_t> second, std::size_t limit,
                      Truncation::Strategy strategy);

/// Tokens [begin, end) of a text.
struct Window {
  std::size_t begin, end;
  bool operator==(const Window&) const = default;
};

/// The `kept` tokens of `tokens` that stay when `side` is cut.
Window kept_window(std::size_t tokens, std::size_t kept, Side side);

/// Replaces `windows`: the first is kept_window(), each further one starts (where the left side is
/// cut, ends) `kept` - `stride` tokens on, until one reaches the end of the text. Only the last is
/// shorter. Fails where kept < tokens and kept <= stride.
Result<void> slide(std::size_t tokens, std::size_t kept, const Truncation& truncation,
                   std::vector<Window>& windows);

}  // namespace kindred::text
