/// The Unicode normalization forms (UAX #15): how code points are decomposed, ordered and composed.
/// normalizers/unicode_form.h applies them to a text.
///
/// Thread safety: all of it. Cost: flags are two loads, the rest a binary search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "text/unicode/form_tables.h"

namespace kindred::text {

FormFlags form_flags_of(char32_t code);

/// The longest decomposition has 18 code points.
inline constexpr std::size_t kLongestDecomposition = 18;
/// The full decomposition of `code`, canonical or compatible, written to `out`; returns its size,
/// which is 1 for a code point that has none.
std::size_t decompose(char32_t code, bool compatible,
                      std::span<char32_t, kLongestDecomposition> out);

/// The canonical combining class of any code point; 0 for one that is not ordered.
std::uint8_t order_of(char32_t code);

/// What `first` and `second` are composed into, or 0.
char32_t compose(char32_t first, char32_t second);

}  // namespace kindred::text
