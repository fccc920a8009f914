/// The table of decoders: what the "decoder" of a tokenizer.json may be.
#pragma once

#include <memory>
#include <vector>

#include "kindred/result.h"
#include "text/decoders/decoder.h"
#include "text/json_part.h"

namespace kindred::text {

/// Appends the decoder that `part` describes, or those of a Sequence.
Result<void> read_decoders(const JsonPart& part, std::vector<std::unique_ptr<const Decoder>>& out);

}  // namespace kindred::text
