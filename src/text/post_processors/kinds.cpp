#include "text/post_processors/kinds.h"

#include "text/post_processors/bert_processing.h"
#include "text/post_processors/byte_level_offsets.h"
#include "text/post_processors/roberta_processing.h"
#include "text/post_processors/template_processing.h"

namespace kindred::text {
namespace {

using Read = Result<std::unique_ptr<const PostProcessor>>(const JsonPart&);
constexpr Kind<Read> kKinds[] = {
    {"TemplateProcessing", read_template_processing},
    {"BertProcessing", read_bert_processing},
    {"RobertaProcessing", read_roberta_processing},
    {"ByteLevel", read_byte_level_offsets},
};

}  // namespace

Result<void> read_post_processors(const JsonPart& part,
                                  std::vector<std::unique_ptr<const PostProcessor>>& out) {
  return read_sequence(part, "post-processor", "processors", std::span<const Kind<Read>>(kKinds),
                       out);
}

}  // namespace kindred::text
