/// The table of pre-tokenizers: what the "pre_tokenizer" of a tokenizer.json may be.
#pragma once

#include <memory>
#include <vector>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/pre_tokenizers/pre_tokenizer.h"

namespace kindred::text {

/// Appends the pre-tokenizer that `part` describes, or those of a Sequence.
Result<void> read_pre_tokenizers(const JsonPart& part,
                                 std::vector<std::unique_ptr<const PreTokenizer>>& out);

}  // namespace kindred::text
