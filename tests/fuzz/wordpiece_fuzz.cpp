/// Any bytes through a small tokenizer: offsets are ordered and inside the text, and ids do not
/// depend on them.
#include <cstdint>
#include <cstdlib>

#include "kindred/tokenizer.h"

using namespace kindred;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto tokenizer = Tokenizer::open(KINDRED_FIXTURES "/tokenizers/bert.json");
  if (!tokenizer) std::abort();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto with = tokenizer->tokenize({&text, 1}, {.special_tokens = false, .offsets = true});
  const auto without = tokenizer->tokenize({&text, 1}, {.special_tokens = false});
  if (!with || !without || with->ids != without->ids) std::abort();
  if (with->offsets.size() != with->ids.size()) std::abort();
  std::uint32_t last = 0;
  for (const TokenOffset& offset : with->offsets) {
    // Pieces of one code point's expansion share its bytes.
    if (offset.begin < last || offset.begin >= offset.end || offset.end > size) std::abort();
    last = offset.begin;
  }
  const auto cut = tokenizer->tokenize({&text, 1}, {.max_tokens = 5, .special_tokens = false});
  if (!cut || cut->ids.size() > 5 || cut->truncated[0] != (with->ids.size() > 5)) std::abort();
  return 0;
}
