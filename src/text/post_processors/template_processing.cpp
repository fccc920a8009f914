#include "text/post_processors/template_processing.h"

#include "text/vocabulary.h"

namespace kindred::text {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// One of the frame's lists: {"SpecialToken": {"id": "[CLS]", "type_id": 0}} or {"Sequence": {"id":
/// "A", "type_id": 0}}.
Result<std::vector<FramePart>> read_template(const JsonPart& part, std::string_view field) {
  constexpr std::string_view kNeeded = "a list of special tokens and sequences";
  const array pieces = KINDRED_TRY(part.required<array>(field, kNeeded));
  std::vector<FramePart> frame;
  for (const element piece : pieces) {
    object fields;
    std::string_view id;
    std::uint64_t type_id = 0;
    const bool special = piece["SpecialToken"].get(fields) == simdjson::SUCCESS;
    if ((!special && piece["Sequence"].get(fields) != simdjson::SUCCESS) ||
        fields["id"].get(id) != simdjson::SUCCESS ||
        fields["type_id"].get(type_id) != simdjson::SUCCESS || type_id > 255)
      return part.wrong(field, kNeeded);
    const auto type = static_cast<std::uint8_t>(type_id);
    if (!special) {
      if (id != "A" && id != "B") return part.wrong(field, kNeeded);
      frame.push_back(
          {id == "A" ? FramePart::Kind::first_text : FramePart::Kind::second_text, 0, type});
      continue;
    }
    // A special token stands for one or more ids, given beside the templates.
    const JsonPart tokens = KINDRED_TRY(part.part("special_tokens"));
    const JsonPart token = KINDRED_TRY(tokens.part(id));
    const array ids = KINDRED_TRY(token.required<array>("ids", "a list of ids"));
    for (const element value : ids) {
      std::uint64_t number = 0;
      if (value.get(number) != simdjson::SUCCESS || number > Vocabulary::kLargestId)
        return token.wrong("ids", "a list of ids");
      frame.push_back({FramePart::Kind::special, static_cast<std::uint32_t>(number), type});
    }
  }
  return frame;
}

/// Each text of the frame is in it once: `texts` of them.
bool has_each_text_once(const std::vector<FramePart>& frame, bool pair) {
  int first = 0;
  int second = 0;
  for (const FramePart& part : frame) {
    first += part.kind == FramePart::Kind::first_text ? 1 : 0;
    second += part.kind == FramePart::Kind::second_text ? 1 : 0;
  }
  return first == 1 && second == (pair ? 1 : 0);
}

}  // namespace

Result<void> read_template_processing(const JsonPart& part, Frame& out) {
  out.single = KINDRED_TRY(read_template(part, "single"));
  out.pair = KINDRED_TRY(read_template(part, "pair"));
  if (!has_each_text_once(out.single, false))
    return part.wrong("single", "a template with sequence A once");
  if (!has_each_text_once(out.pair, true))
    return part.wrong("pair", "a template with sequences A and B once each");
  return {};
}

}  // namespace kindred::text
