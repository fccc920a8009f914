#include "words/subwords.h"

#include <fmt/format.h>

namespace kindred::words {

Result<void> check_ngrams(std::size_t shortest, std::size_t longest) {
  if (longest > kLongestNgram)
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("n-grams of {} characters, {} at most are possible", longest, kLongestNgram));
  if (longest > 0 && (shortest < 1 || shortest > longest))
    return fail(ErrorCode::invalid_argument,
                fmt::format("n-grams of {} to {} characters are none", shortest, longest));
  return {};
}

}  // namespace kindred::words
