/// A file of word vectors as a model of texts: a text's vector is the mean of its words'.
///
/// Words are found as text/words.h says, and looked up as they stand, then with their ASCII letters
/// lowered. What has no vector doesn't count; a fastText model has vectors of words that it has not
/// seen. A text without a known word has the vector zero.
#pragma once

#include <memory>

#include "embed/text_encoder.h"

namespace kindred::embed {

Result<std::unique_ptr<const TextEncoder>> open_word_encoder(const Layout& layout);

}  // namespace kindred::embed
