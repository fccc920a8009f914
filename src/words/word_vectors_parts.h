/// What WordVectors are made of: shared by the files of this room that make them, and by nobody
/// else.
#pragma once

#include <memory>
#include <mutex>

#include "kindred/matrix.h"
#include "kindred/word_vectors.h"
#include "words/fasttext_model.h"
#include "words/word_table.h"

namespace kindred {

struct WordVectors::Parts {
  words::WordTable words;
  Matrix vectors;
  /// What makes vectors of other words too; none where only these have some.
  std::unique_ptr<const words::FastTextModel> fasttext;
  std::once_flag once;
  Matrix units;  // the same rows at unit length, made at the first search
};

}  // namespace kindred

namespace kindred::words {

/// The words of a fastText model, and the model itself. Fails where a vector has a value that is no
/// number.
Result<WordVectors> word_vectors_of(FastTextModel model, std::string_view name);

}  // namespace kindred::words
