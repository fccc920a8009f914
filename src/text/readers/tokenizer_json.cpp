#include "text/readers/tokenizer_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <string>
#include <utility>

#include "base/file_system.h"
#include "text/decoders/kinds.h"
#include "text/json_part.h"
#include "text/models/kinds.h"
#include "text/normalizers/kinds.h"
#include "text/post_processors/kinds.h"
#include "text/pre_tokenizers/kinds.h"

namespace kindred::text {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// A part of the file that may be absent or null.
Result<std::optional<JsonPart>> optional_part(const JsonPart& file, std::string_view field) {
  if (!KINDRED_TRY(file.optional<object>(field, "an object"))) return std::nullopt;
  return KINDRED_TRY(file.part(field));
}

Result<void> read_added_tokens(const JsonPart& file, TokenizerSpecification& out) {
  const auto tokens = KINDRED_TRY(file.optional<array>("added_tokens", "a list of tokens"));
  if (!tokens) return {};
  for (const element entry : *tokens) {
    const JsonPart part = KINDRED_TRY(file.element_of("added_tokens", entry));
    AddedToken token;
    token.content = KINDRED_TRY(part.required<std::string_view>("content", "a text"));
    const auto id = KINDRED_TRY(part.required<std::uint64_t>("id", "a whole number"));
    token.single_word = KINDRED_TRY(part.flag("single_word", false));
    token.lstrip = KINDRED_TRY(part.flag("lstrip", false));
    token.rstrip = KINDRED_TRY(part.flag("rstrip", false));
    token.special = KINDRED_TRY(part.flag("special", false));
    token.normalized = KINDRED_TRY(part.flag("normalized", !token.special));
    if (token.content.empty()) continue;  // as the reference does
    token.in_model = out.vocabulary.id(token.content).has_value();
    KINDRED_TRY(out.vocabulary.add(token.content, id, part.place()));
    token.id = static_cast<std::uint32_t>(id);
    out.added.push_back(std::move(token));
  }
  return {};
}

Result<Frames> read_frames(const JsonPart& part) {
  std::vector<std::unique_ptr<const PostProcessor>> post_processors;
  KINDRED_TRY(read_post_processors(part, post_processors));
  return Frames(post_processors);
}

/// A field whose text is one of a few names.
template <typename Value, std::size_t kCount>
Result<Value> one_of(const JsonPart& part, std::string_view field, std::string_view otherwise,
                     const std::pair<std::string_view, Value> (&names)[kCount]) {
  const std::string text = KINDRED_TRY(part.text(field, otherwise));
  std::string known;
  for (const auto& [name, value] : names) {
    if (name == text) return value;
    known += fmt::format("{}{}", known.empty() ? "" : " or ", name);
  }
  return part.wrong(field, known);
}

constexpr std::pair<std::string_view, Side> kSides[] = {{"Left", Side::left},
                                                        {"Right", Side::right}};
constexpr std::pair<std::string_view, Truncation::Strategy> kStrategies[] = {
    {"LongestFirst", Truncation::Strategy::longest_first},
    {"OnlyFirst", Truncation::Strategy::only_first},
    {"OnlySecond", Truncation::Strategy::only_second}};

Result<void> read_truncation(const JsonPart& file, TokenizerSpecification& out) {
  const auto part = KINDRED_TRY(optional_part(file, "truncation"));
  if (!part) return {};
  out.truncation.side = KINDRED_TRY(one_of(*part, "direction", "Right", kSides));
  out.truncation.strategy = KINDRED_TRY(one_of(*part, "strategy", "LongestFirst", kStrategies));
  out.truncation.stride = KINDRED_TRY(part->number("stride", 0));
  out.max_tokens = KINDRED_TRY(part->required<std::uint64_t>("max_length", "a whole number"));
  return {};
}

/// "strategy" is "BatchLongest", or {"Fixed": 128}.
Result<std::size_t> read_length(const JsonPart& padding) {
  if (padding.optional<std::string_view>("strategy", "") == "BatchLongest") return 0;
  const auto strategy = padding.part("strategy");
  if (!strategy) return padding.wrong("strategy", "\"BatchLongest\" or {\"Fixed\": tokens}");
  return KINDRED_TRY(strategy->required<std::uint64_t>("Fixed", "a whole number"));
}

Result<void> read_padding(const JsonPart& file, TokenizerSpecification& out) {
  const auto part = KINDRED_TRY(optional_part(file, "padding"));
  if (!part) return {};
  Padding padding;
  padding.side = KINDRED_TRY(one_of(*part, "direction", "Right", kSides));
  const auto id = KINDRED_TRY(part->number("pad_id", 0));
  const auto type_id = KINDRED_TRY(part->number("pad_type_id", 0));
  if (id > Vocabulary::kLargestId)
    return part->wrong("pad_id", fmt::format("at most {}", Vocabulary::kLargestId));
  if (type_id > 255) return part->wrong("pad_type_id", "at most 255");
  padding.id = static_cast<std::uint32_t>(id);
  padding.type_id = static_cast<std::uint8_t>(type_id);
  padding.length = KINDRED_TRY(read_length(*part));
  padding.multiple_of = KINDRED_TRY(part->number("pad_to_multiple_of", 0));
  out.padding = padding;
  return {};
}

/// What `parsed` says, whose parser the caller keeps.
Result<TokenizerSpecification> read_parsed(simdjson::simdjson_result<element> parsed,
                                           std::string_view name) {
  element root;
  if (const auto error = parsed.get(root); error != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: is not valid JSON: {}", name, simdjson::error_message(error)));
  object fields;
  if (root.get(fields) != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, fmt::format("{}: is not a JSON object", name));
  const JsonPart file(fields, std::string(name));
  TokenizerSpecification out;
  if (const auto part = KINDRED_TRY(optional_part(file, "normalizer")))
    KINDRED_TRY(read_normalizers(*part, out.normalizers));
  if (const auto part = KINDRED_TRY(optional_part(file, "pre_tokenizer")))
    KINDRED_TRY(read_pre_tokenizers(*part, out.pre_tokenizers));
  const JsonPart model = KINDRED_TRY(file.part("model"));
  KINDRED_TRY(read_model(model, out));
  if (const auto part = KINDRED_TRY(optional_part(file, "post_processor")))
    out.frames = KINDRED_TRY(read_frames(*part));
  if (const auto part = KINDRED_TRY(optional_part(file, "decoder")))
    KINDRED_TRY(read_decoders(*part, out.decoders));
  // The model's own words come before the added ones, which it does not cut into.
  KINDRED_TRY(read_added_tokens(file, out));
  KINDRED_TRY(read_truncation(file, out));
  KINDRED_TRY(read_padding(file, out));
  return out;
}

}  // namespace

Result<TokenizerSpecification> parse_tokenizer_json(std::string_view json, std::string_view name) {
  simdjson::dom::parser parser;  // refuses more than 1,024 levels
  return read_parsed(parser.parse(json.data(), json.size()), name);
}

Result<TokenizerSpecification> read_tokenizer_json(const std::filesystem::path& path) {
  const std::string json = KINDRED_TRY(base::read_file(path));
  simdjson::dom::parser parser;
  // (A string with room behind it is parsed where it stands; a view would be copied.)
  return read_parsed(parser.parse(json), path.string());
}

}  // namespace kindred::text
