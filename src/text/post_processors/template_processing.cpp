#include "text/post_processors/template_processing.h"

#include <fmt/format.h>

#include "text/vocabulary.h"

namespace kindred::text {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using Place = TemplateProcessing::Place;
using Template = TemplateProcessing::Template;

/// The ids of a special token, which are given beside the templates: one or more.
Result<std::vector<std::uint32_t>> read_ids(const JsonPart& part, std::string_view token) {
  const JsonPart tokens = KINDRED_TRY(part.part("special_tokens"));
  const JsonPart fields = KINDRED_TRY(tokens.part(token));
  std::vector<std::uint32_t> ids;
  for (const element value : KINDRED_TRY(fields.required<array>("ids", "a list of ids"))) {
    std::uint64_t id = 0;
    if (value.get(id) != simdjson::SUCCESS || id > Vocabulary::kLargestId)
      return fields.wrong("ids", "a list of ids");
    ids.push_back(static_cast<std::uint32_t>(id));
  }
  return ids;
}

/// One of the two lists: {"SpecialToken": {"id": "[CLS]", "type_id": 0}} or {"Sequence": {"id":
/// "A", "type_id": 0}}.
Result<Template> read_template(const JsonPart& part, std::string_view field) {
  constexpr std::string_view kNeeded = "a list of special tokens and sequences";
  const array pieces = KINDRED_TRY(part.required<array>(field, kNeeded));
  Template read;
  for (const element piece : pieces) {
    object fields;
    std::string_view id;
    std::uint64_t type_id = 0;
    const bool special = piece["SpecialToken"].get(fields) == simdjson::SUCCESS;
    if ((!special && piece["Sequence"].get(fields) != simdjson::SUCCESS) ||
        fields["id"].get(id) != simdjson::SUCCESS ||
        fields["type_id"].get(type_id) != simdjson::SUCCESS || type_id > 255)
      return part.wrong(field, kNeeded);
    Place place{
        .kind = Place::Kind::special, .type_id = static_cast<std::uint8_t>(type_id), .ids = {}};
    if (special) {
      place.ids = KINDRED_TRY(read_ids(part, id));
    } else if (id == "A" || id == "B") {
      place.kind = id == "A" ? Place::Kind::first : Place::Kind::second;
    } else {
      return part.wrong(field, kNeeded);
    }
    read.places.push_back(std::move(place));
  }
  return read;
}

}  // namespace

std::size_t TemplateProcessing::Template::added() const {
  std::size_t ids = 0;
  for (const Place& place : places) ids += place.ids.size();
  return ids;
}

Result<void> TemplateProcessing::process(bool special_tokens, std::vector<Strand>& strands) const {
  if (strands.empty() || strands.size() > 2)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: a template frames one part or two, the post-processors before it "
                            "leave {}",
                            origin_, strands.size()));
  const Template& chosen = strands.size() == 2 ? pair_ : single_;
  std::vector<Strand> framed;
  for (const Place& place : chosen.places) {
    if (place.kind == Place::Kind::special) {
      if (!special_tokens) continue;
      Strand& tokens = framed.emplace_back();
      for (const std::uint32_t id : place.ids)
        tokens.push_back({.kind = FramePart::Kind::special, .id = id, .type_id = place.type_id});
      continue;
    }
    const std::size_t which = place.kind == Place::Kind::first ? 0 : 1;
    if (which >= strands.size())
      return fail(
          ErrorCode::unsupported,
          fmt::format("{}: the template for a single text has a place for sequence B", origin_));
    for (FramePart& part : framed.emplace_back(strands[which])) part.type_id = place.type_id;
  }
  strands = std::move(framed);
  return {};
}

Result<std::unique_ptr<const PostProcessor>> read_template_processing(const JsonPart& part) {
  Template single = KINDRED_TRY(read_template(part, "single"));
  Template pair = KINDRED_TRY(read_template(part, "pair"));
  return std::make_unique<const TemplateProcessing>(std::move(single), std::move(pair),
                                                    part.place());
}

}  // namespace kindred::text
