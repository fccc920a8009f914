/// What a reader takes for one character: grapheme clusters (UAX #29), such as a letter with its
/// accents, a Hangul syllable spelled out, pictures joined into one.
///
/// Thread safety: all of it. Cost: linear in the cluster.
#pragma once

#include <cstddef>
#include <string_view>

namespace kindred::text {

/// Where the cluster that starts at `begin` ends. The text is well-formed UTF-8, and another
/// cluster ends at `begin`, or the text starts there.
std::size_t end_of_cluster(std::string_view text, std::size_t begin);

}  // namespace kindred::text
