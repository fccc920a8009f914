/// The table of models: what the "model" of a tokenizer.json may be.
#pragma once

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/specification.h"

namespace kindred::text {

/// Reads the model that `part` describes into `out`, with its vocabulary. The pre-tokenizers of
/// `out` are there already: a model may take over a part of their work.
Result<void> read_model(const JsonPart& part, TokenizerSpecification& out);

}  // namespace kindred::text
