#include "text/post_processors/kinds.h"

#include "text/post_processors/bert_processing.h"
#include "text/post_processors/template_processing.h"

namespace kindred::text {
namespace {

using Read = Result<void>(const JsonPart&, Frame&);
constexpr Kind<Read> kKinds[] = {
    {"TemplateProcessing", read_template_processing},
    {"BertProcessing", read_bert_processing},
};

}  // namespace

Result<void> read_post_processor(const JsonPart& part, Frame& out) {
  const Kind<Read>* kind =
      KINDRED_TRY(find_kind(part, "post-processor", std::span<const Kind<Read>>(kKinds)));
  return kind->read(part, out);
}

}  // namespace kindred::text
