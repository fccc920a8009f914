/// TemplateProcessing: a frame that is written out, one list of special tokens and texts for a
/// single text and one for a pair.
#pragma once

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/frame.h"

namespace kindred::text {

Result<void> read_template_processing(const JsonPart& part, Frame& out);

}  // namespace kindred::text
