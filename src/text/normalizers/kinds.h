/// The table of normalizers: what the "normalizer" of a tokenizer.json may be.
#pragma once

#include <memory>
#include <vector>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/normalizers/normalizer.h"

namespace kindred::text {

/// Appends the normalizer that `part` describes, or those of a Sequence.
Result<void> read_normalizers(const JsonPart& part,
                              std::vector<std::unique_ptr<const Normalizer>>& out);

}  // namespace kindred::text
