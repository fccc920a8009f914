/// "vocab" of a model in a tokenizer.json: an object of tokens and their ids.
#pragma once

#include <string_view>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/vocabulary.h"

namespace kindred::text {

/// Adds the tokens of the object `field` of `part`.
Result<void> read_vocabulary(const JsonPart& part, std::string_view field, Vocabulary& out);

}  // namespace kindred::text
