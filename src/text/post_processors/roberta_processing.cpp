#include "text/post_processors/roberta_processing.h"

#include "text/post_processors/bert_processing.h"

namespace kindred::text {

Result<void> read_roberta_processing(const JsonPart& part, Frame& out) {
  const std::uint32_t begin = KINDRED_TRY(read_token_and_id(part, "cls"));
  const std::uint32_t end = KINDRED_TRY(read_token_and_id(part, "sep"));
  using enum FramePart::Kind;
  out.single = {{special, begin, 0}, {first_text, 0, 0}, {special, end, 0}};
  out.pair = out.single;
  out.pair.insert(out.pair.end(), {{special, end, 0}, {second_text, 0, 0}, {special, end, 0}});
  out.trims_offsets = KINDRED_TRY(part.flag("trim_offsets", true));
  out.add_prefix_space = KINDRED_TRY(part.flag("add_prefix_space", true));
  return {};
}

}  // namespace kindred::text
