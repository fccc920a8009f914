#include "text/post_processors/kinds.h"

#include <fmt/format.h>

#include "text/post_processors/bert_processing.h"
#include "text/post_processors/roberta_processing.h"
#include "text/post_processors/template_processing.h"

namespace kindred::text {
namespace {

Result<void> read_byte_level_offsets(const JsonPart& part, Frame& out) {
  out.trims_offsets = KINDRED_TRY(part.flag("trim_offsets", true));
  out.add_prefix_space = KINDRED_TRY(part.flag("add_prefix_space", true));
  return {};
}

using Read = Result<void>(const JsonPart&, Frame&);
constexpr Kind<Read> kKinds[] = {
    {"TemplateProcessing", read_template_processing},
    {"BertProcessing", read_bert_processing},
    {"RobertaProcessing", read_roberta_processing},
    {"ByteLevel", read_byte_level_offsets},
};

/// How many put special tokens around a text, and how many look at its offsets.
struct Counts {
  std::size_t frames = 0;
  std::size_t offsets = 0;
};

Result<void> read(const JsonPart& part, Frame& out, Counts& counts) {
  if (part.optional<std::string_view>("type", "") == "Sequence") {
    const auto list =
        KINDRED_TRY(part.required<simdjson::dom::array>("processors", "a list of parts"));
    for (const simdjson::dom::element member : list) {
      const JsonPart inner = KINDRED_TRY(part.element_of("processors", member));
      KINDRED_TRY(read(inner, out, counts));
    }
    return {};
  }
  const Kind<Read>* kind =
      KINDRED_TRY(find_kind(part, "post-processor", std::span<const Kind<Read>>(kKinds)));
  counts.frames += kind->read != read_byte_level_offsets ? 1 : 0;
  counts.offsets +=
      kind->read == read_byte_level_offsets || kind->read == read_roberta_processing ? 1 : 0;
  if (counts.frames > 1 || counts.offsets > 1)
    return fail(
        ErrorCode::unsupported,
        fmt::format("{}: two post-processors {}, Kindred takes one", part.place(),
                    counts.frames > 1 ? "put special tokens around a text" : "trim offsets"));
  return kind->read(part, out);
}

}  // namespace

Result<void> read_post_processor(const JsonPart& part, Frame& out) {
  Counts counts;
  return read(part, out, counts);
}

}  // namespace kindred::text
