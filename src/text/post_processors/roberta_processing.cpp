#include "text/post_processors/roberta_processing.h"

#include "text/post_processors/bert_processing.h"

namespace kindred::text {

Result<void> RobertaProcessing::process(bool special_tokens, std::vector<Strand>& strands) const {
  if (trim_) KINDRED_TRY(trim_->process(special_tokens, strands));
  for (Strand& strand : strands)
    for (FramePart& part : strand) part.type_id = 0;
  if (!special_tokens) return {};
  for (std::size_t i = 0; i < strands.size(); ++i) {
    Strand& strand = strands[i];
    strand.insert(strand.begin(), {.kind = FramePart::Kind::special, .id = i == 0 ? cls_ : sep_});
    strand.push_back({.kind = FramePart::Kind::special, .id = sep_});
  }
  return {};
}

Result<std::unique_ptr<const PostProcessor>> read_roberta_processing(const JsonPart& part) {
  const std::uint32_t begin = KINDRED_TRY(read_token_and_id(part, "cls"));
  const std::uint32_t end = KINDRED_TRY(read_token_and_id(part, "sep"));
  const auto trim = KINDRED_TRY(byte_level_offsets(part));
  return std::make_unique<const RobertaProcessing>(begin, end, trim);
}

}  // namespace kindred::text
