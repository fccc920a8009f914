/// Words of the files that judge word vectors.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "kindred/word_vectors.h"

namespace kindred::words {

/// What stands between the white space of a line.
std::vector<std::string_view> fields_of(std::string_view line);

/// A word as it stands, else with its ASCII letters lowered, among the first `known` words.
std::optional<std::size_t> look_up(const WordVectors& vectors, std::string_view word,
                                   std::size_t known);

}  // namespace kindred::words
