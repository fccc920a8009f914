/// RobertaProcessing: <s> A </s>, and <s> A </s> </s> B </s>, all of type 0; offsets without blanks
/// (trim_offsets.h).
#pragma once

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/frame.h"

namespace kindred::text {

Result<void> read_roberta_processing(const JsonPart& part, Frame& out);

}  // namespace kindred::text
