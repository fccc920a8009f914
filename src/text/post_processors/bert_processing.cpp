#include "text/post_processors/bert_processing.h"

#include "text/vocabulary.h"

namespace kindred::text {

Result<void> BertProcessing::process(bool special_tokens, std::vector<Strand>& strands) const {
  if (!special_tokens) return {};
  for (std::size_t i = 0; i < strands.size(); ++i) {
    Strand& strand = strands[i];
    if (i == 0) strand.insert(strand.begin(), {.kind = FramePart::Kind::special, .id = cls_});
    strand.push_back({.kind = FramePart::Kind::special,
                      .id = sep_,
                      .type_id = static_cast<std::uint8_t>(i == 0 ? 0 : 1)});
  }
  return {};
}

Result<std::uint32_t> read_token_and_id(const JsonPart& part, std::string_view field) {
  const auto both = KINDRED_TRY(part.required<simdjson::dom::array>(field, "a token and its id"));
  std::uint64_t id = 0;
  if (both.size() != 2 || both.at(1).get(id) != simdjson::SUCCESS || id > Vocabulary::kLargestId)
    return part.wrong(field, "a token and its id");
  return static_cast<std::uint32_t>(id);
}

Result<std::unique_ptr<const PostProcessor>> read_bert_processing(const JsonPart& part) {
  const std::uint32_t cls = KINDRED_TRY(read_token_and_id(part, "cls"));
  const std::uint32_t sep = KINDRED_TRY(read_token_and_id(part, "sep"));
  return std::make_unique<const BertProcessing>(cls, sep);
}

}  // namespace kindred::text
