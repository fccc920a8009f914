#include "text/post_processors/bert_processing.h"

#include "text/vocabulary.h"

namespace kindred::text {

Result<std::uint32_t> read_token_and_id(const JsonPart& part, std::string_view field) {
  const auto both = KINDRED_TRY(part.required<simdjson::dom::array>(field, "a token and its id"));
  std::uint64_t id = 0;
  if (both.size() != 2 || both.at(1).get(id) != simdjson::SUCCESS || id > Vocabulary::kLargestId)
    return part.wrong(field, "a token and its id");
  return static_cast<std::uint32_t>(id);
}

Frame bert_frame(std::uint32_t cls, std::uint32_t sep) {
  using enum FramePart::Kind;
  return {.single = {{special, cls, 0}, {first_text, 0, 0}, {special, sep, 0}},
          .pair = {{special, cls, 0},
                   {first_text, 0, 0},
                   {special, sep, 0},
                   {second_text, 0, 1},
                   {special, sep, 1}}};
}

Result<void> read_bert_processing(const JsonPart& part, Frame& out) {
  const std::uint32_t cls = KINDRED_TRY(read_token_and_id(part, "cls"));
  const std::uint32_t sep = KINDRED_TRY(read_token_and_id(part, "sep"));
  const Frame frame = bert_frame(cls, sep);
  out.single = frame.single;
  out.pair = frame.pair;
  return {};
}

}  // namespace kindred::text
