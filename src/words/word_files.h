/// The formats of files of word vectors (kindred/word_vectors.h).
///
/// word2vec's text and binary begin with a line "WORDS DIMENSIONS"; then a word, a space and its
/// numbers, as text with a line's end, or as float32 (little-endian; a line's end behind them may
/// be missing). GloVe's text is word2vec's without the first line. A word in text may have spaces
/// in it: it is what stands before the last DIMENSIONS fields. A word that stands there again is
/// left out, as gensim does.
///
/// Every number is checked against the file before memory is taken.
/// Thread safety: pure functions. Cost: a pass over the bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/file_system.h"
#include "kindred/matrix.h"
#include "kindred/result.h"
#include "kindred/word_vectors.h"
#include "words/word_table.h"

namespace kindred::words {

/// Of a vector.
inline constexpr std::size_t kMostDimensions = 65'536;

struct ReadWords {
  WordTable words;
  Matrix vectors;
};

/// Any of the formats. `name` is the file's, for messages.
Result<ReadWords> parse_word_vectors(std::span<const std::byte> file, std::string_view name);

Result<void> write_word_vectors(base::WritableFile& file, const WordTable& words,
                                MatrixView vectors, WordFormat format);

}  // namespace kindred::words
