/// The table of post-processors: what the "post_processor" of a tokenizer.json may be.
#pragma once

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/frame.h"

namespace kindred::text {

Result<void> read_post_processor(const JsonPart& part, Frame& out);

}  // namespace kindred::text
