/// The table of post-processors: what the "post_processor" of a tokenizer.json may be.
#pragma once

#include <memory>
#include <vector>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/post_processor.h"

namespace kindred::text {

/// Appends to `out`: one, or those of a Sequence, in their order.
Result<void> read_post_processors(const JsonPart& part,
                                  std::vector<std::unique_ptr<const PostProcessor>>& out);

}  // namespace kindred::text
