/// The suffixes of a text in sorted order, and the substrings that occur more than once.
///
/// Induced sorting (Nong, Zhang, Chan 2009, "Linear Suffix Array Construction by Almost Pure
/// Induced-Sorting"): the suffixes at local minima of the text are sorted by the same algorithm on
/// a shorter text, all others follow from them in two passes. Longest common prefixes by Kasai et
/// al. 2001.
///
/// Thread safety: pure functions. Cost: linear; about 24 bytes a symbol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace kindred::text {

/// Where the suffixes begin, in the order of the suffixes; a prefix of a suffix comes before it.
/// symbols: each below `alphabet`; at most 2^31 - 2 of them.
std::vector<std::int32_t> suffix_array(std::span<const std::uint32_t> symbols,
                                       std::uint32_t alphabet);

/// How many symbols suffix i of the array has in common with the one before it; 0 for the first.
std::vector<std::int32_t> common_prefixes(std::span<const std::uint32_t> symbols,
                                          std::span<const std::int32_t> suffixes);

/// Calls each(begin, size, count) for every substring that occurs `count` >= 2 times and is not the
/// beginning of a longer one that occurs as often; `begin` is where it occurs once. (The inner
/// nodes of the suffix tree: Abouelhoda, Kurtz, Ohlebusch 2004.)
void repeated_substrings(
    std::span<const std::int32_t> suffixes, std::span<const std::int32_t> common,
    const std::function<void(std::size_t begin, std::size_t size, std::size_t count)>& each);

}  // namespace kindred::text
