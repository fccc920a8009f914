/// A sum of words as a person writes it: "king - man + woman".
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "kindred/result.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {

struct Sum {
  std::vector<float> vector;
  std::vector<std::size_t> words;  ///< of the sum, those that have a place among the vectors
};

/// Words between blanks, each added unless "-" stands before it. A word that is itself "+" or "-"
/// can't be asked for. Fails where a word has no vector, and where there is none.
Result<Sum> parse_sum(std::string_view text, const WordVectors& vectors);

}  // namespace kindred::cli
