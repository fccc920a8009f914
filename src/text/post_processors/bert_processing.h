/// BertProcessing: [CLS] A [SEP], and [CLS] A [SEP] B [SEP] where the second text and its [SEP]
/// have type 1.
#pragma once

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/frame.h"

namespace kindred::text {

Result<void> read_bert_processing(const JsonPart& part, Frame& out);
/// The id of ["[SEP]", 102], the field `field` of a post-processor.
Result<std::uint32_t> read_token_and_id(const JsonPart& part, std::string_view field);
/// The same frame from the two tokens' ids.
Frame bert_frame(std::uint32_t cls, std::uint32_t sep);

}  // namespace kindred::text
