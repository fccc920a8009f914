/// What normalizers share that remove code points or put others in their place, one by one.
#pragma once

#include <string_view>
#include <utility>

#include "text/normalized_text.h"
#include "text/unicode/unicode.h"

namespace kindred::text {

/// Replaces `text` by what is kept of it: calls choose(code, keep), which calls keep(other) once
/// for what stands in place of the code point, or not at all. `spare` is overwritten.
template <typename Choose>
void filter(NormalizedText& text, NormalizedText& spare, const Choose& choose) {
  const std::string_view given = text.text;
  spare.clear(text.with_origins);
  spare.text.reserve(given.size());
  for (std::size_t i = 0; i < given.size();) {
    const auto [code, size] = decode(given, i);
    choose(code, [&, &code = code, &size = size](char32_t other) {
      if (other == code) {
        spare.append(text, i, i + size);
      } else {
        spare.append(other, text.origin(i));
      }
    });
    i += size;
  }
  std::swap(text, spare);
}

}  // namespace kindred::text
