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
  NormalizedText text;
  NormalizedText spare;
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
    if (token.normalized) {
      text.assign(token.content, 0, /*keep_origins=*/false);
      normalize(out.normalizers, text, spare);
      if (text.text.empty())
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: nothing is left of \"{}\" once it is normalized", part.place(),
                                token.content));
    }
    token.in_model = out.vocabulary.id(token.content).has_value();
    KINDRED_TRY(out.vocabulary.add(token.content, id, part.place()));
    token.id = static_cast<std::uint32_t>(id);
    out.added.push_back(std::move(token));
  }
  return {};
}

Result<void> read_truncation(const JsonPart& file, TokenizerSpecification& out) {
  if (!KINDRED_TRY(file.optional<object>("truncation", "an object"))) return {};
  const JsonPart part = KINDRED_TRY(file.part("truncation"));
  const auto direction = KINDRED_TRY(part.text("direction", "Right"));
  const auto strategy = KINDRED_TRY(part.text("strategy", "LongestFirst"));
  if (direction != "Right" || strategy != "LongestFirst")
    return fail(ErrorCode::unsupported,
                fmt::format("{}: cuts {} at the {}, Kindred cuts LongestFirst at the Right",
                            part.place(), strategy, direction));
  out.max_tokens = KINDRED_TRY(part.required<std::uint64_t>("max_length", "a whole number"));
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
    KINDRED_TRY(read_post_processor(*part, out.frame));
  if (const auto part = KINDRED_TRY(optional_part(file, "decoder")))
    KINDRED_TRY(read_decoders(*part, out.decoders));
  // The model's own words come before the added ones, which it does not cut into.
  KINDRED_TRY(read_added_tokens(file, out));
  KINDRED_TRY(read_truncation(file, out));
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
