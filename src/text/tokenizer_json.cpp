#include "text/tokenizer_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <string>
#include <utility>

#include "base/file_system.h"

namespace kindred::text {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// An object of the file, and its path in it ("model.vocab") for messages.
class Part {
 public:
  Part(object fields, std::string place) : fields_(fields), place_(std::move(place)) {}

  const object& fields() const { return fields_; }
  const std::string& place() const { return place_; }

  std::unexpected<Error> wrong(std::string_view field, std::string_view needed) const {
    return fail(ErrorCode::corrupt,
                fmt::format("{}: \"{}\" is missing or wrong, {} is needed", place_, field, needed));
  }
  /// Absent and null are the same: nothing.
  template <typename T>
  Result<std::optional<T>> optional(std::string_view field, std::string_view needed) const {
    element value;
    if (fields_.at_key(field).get(value) != simdjson::SUCCESS || value.is_null())
      return std::nullopt;
    T found;
    if (value.get(found) != simdjson::SUCCESS) return wrong(field, needed);
    return found;
  }
  template <typename T>
  Result<T> required(std::string_view field, std::string_view needed) const {
    const auto found = KINDRED_TRY(optional<T>(field, needed));
    if (!found) return wrong(field, needed);
    return *found;
  }
  Result<bool> flag(std::string_view field, bool otherwise) const {
    return KINDRED_TRY(optional<bool>(field, "true or false")).value_or(otherwise);
  }
  Result<std::string> text(std::string_view field, std::string_view otherwise) const {
    return std::string(
        KINDRED_TRY(optional<std::string_view>(field, "a text")).value_or(otherwise));
  }
  Result<Part> part(std::string_view field) const {
    const object fields = KINDRED_TRY(required<object>(field, "an object"));
    return Part(fields, fmt::format("{}: {}", place_, field));
  }

 private:
  object fields_;
  std::string place_;
};

/// A kind of part that we have, and what reads it into the specification.
struct Kind {
  std::string_view type;
  Result<void> (*read)(const Part&, TokenizerSpecification&);
};

Result<void> read_bert_normalizer(const Part& part, TokenizerSpecification& out) {
  out.normalizer.clean_text = KINDRED_TRY(part.flag("clean_text", true));
  out.normalizer.handle_chinese_chars = KINDRED_TRY(part.flag("handle_chinese_chars", true));
  out.normalizer.lowercase = KINDRED_TRY(part.flag("lowercase", true));
  out.normalizer.strip_accents = KINDRED_TRY(part.flag("strip_accents", out.normalizer.lowercase));
  return {};
}

Result<void> read_bert_pre_tokenizer(const Part&, TokenizerSpecification&) { return {}; }

Result<void> read_word_piece(const Part& part, TokenizerSpecification& out) {
  out.model.unknown_token = KINDRED_TRY(part.text("unk_token", "[UNK]"));
  out.model.continuing_prefix = KINDRED_TRY(part.text("continuing_subword_prefix", "##"));
  const auto max_chars =
      KINDRED_TRY(part.optional<std::uint64_t>("max_input_chars_per_word", "a whole number"));
  out.model.max_input_chars_per_word = max_chars.value_or(100);
  const auto vocabulary =
      KINDRED_TRY(part.required<object>("vocab", "an object of tokens and ids"));
  const std::string place = part.place() + ": vocab";
  for (const auto [token, value] : vocabulary) {
    std::uint64_t id = 0;
    if (value.get(id) != simdjson::SUCCESS)
      return fail(
          ErrorCode::corrupt,
          fmt::format("{}: the id of \"{}\" is not a whole number of at least 0", place, token));
    KINDRED_TRY(out.vocabulary.add(token, id, place));
  }
  return {};
}

/// One of the frame's lists: {"SpecialToken": {"id": "[CLS]", "type_id": 0}} or {"Sequence": {"id":
/// "A", "type_id": 0}}.
Result<std::vector<FramePart>> read_template(const Part& part, std::string_view field) {
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
    const Part tokens = KINDRED_TRY(part.part("special_tokens"));
    const Part token = KINDRED_TRY(tokens.part(id));
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

Result<void> read_template_processing(const Part& part, TokenizerSpecification& out) {
  out.frame.single = KINDRED_TRY(read_template(part, "single"));
  out.frame.pair = KINDRED_TRY(read_template(part, "pair"));
  if (!has_each_text_once(out.frame.single, false))
    return part.wrong("single", "a template with sequence A once");
  if (!has_each_text_once(out.frame.pair, true))
    return part.wrong("pair", "a template with sequences A and B once each");
  return {};
}

/// ["[SEP]", 102]
Result<std::uint32_t> read_token_and_id(const Part& part, std::string_view field) {
  const array both = KINDRED_TRY(part.required<array>(field, "a token and its id"));
  std::uint64_t id = 0;
  if (both.size() != 2 || both.at(1).get(id) != simdjson::SUCCESS || id > Vocabulary::kLargestId)
    return part.wrong(field, "a token and its id");
  return static_cast<std::uint32_t>(id);
}

Result<void> read_bert_processing(const Part& part, TokenizerSpecification& out) {
  const FramePart begin{FramePart::Kind::special, KINDRED_TRY(read_token_and_id(part, "cls")), 0};
  const FramePart end{FramePart::Kind::special, KINDRED_TRY(read_token_and_id(part, "sep")), 0};
  out.frame.single = {begin, {FramePart::Kind::first_text, 0, 0}, end};
  out.frame.pair = out.frame.single;
  out.frame.pair.push_back({FramePart::Kind::second_text, 0, 1});
  out.frame.pair.push_back({FramePart::Kind::special, end.id, 1});
  return {};
}

constexpr std::array kNormalizers = {Kind{"BertNormalizer", read_bert_normalizer}};
constexpr std::array kPreTokenizers = {Kind{"BertPreTokenizer", read_bert_pre_tokenizer}};
constexpr std::array kModels = {Kind{"WordPiece", read_word_piece}};
constexpr std::array kPostProcessors = {Kind{"TemplateProcessing", read_template_processing},
                                        Kind{"BertProcessing", read_bert_processing}};

/// Reads the part `field` of the file by the row of `kinds` for its type.
template <std::size_t kCount>
Result<void> read_part(const Part& file, std::string_view field,
                       const std::array<Kind, kCount>& kinds, TokenizerSpecification& out) {
  std::string known;
  for (const Kind& kind : kinds) known += fmt::format("{}{}", known.empty() ? "" : ", ", kind.type);
  if (!KINDRED_TRY(file.optional<object>(field, "an object")))
    return fail(ErrorCode::unsupported,
                fmt::format("{}: has no {}, Kindred has: {}", file.place(), field, known));
  const Part part = KINDRED_TRY(file.part(field));
  const auto type = KINDRED_TRY(part.required<std::string_view>("type", "the name of a kind"));
  for (const Kind& kind : kinds)
    if (kind.type == type) return kind.read(part, out);
  return fail(ErrorCode::unsupported, fmt::format("{}: the {} is \"{}\", Kindred has: {}",
                                                  file.place(), field, type, known));
}

Result<void> read_added_tokens(const Part& file, TokenizerSpecification& out) {
  const auto tokens = KINDRED_TRY(file.optional<array>("added_tokens", "a list of tokens"));
  if (!tokens) return {};
  const BertNormalizer normalizer(out.normalizer);
  for (const element entry : *tokens) {
    object fields;
    if (entry.get(fields) != simdjson::SUCCESS)
      return file.wrong("added_tokens", "a list of tokens");
    const Part part(fields, fmt::format("{}: added_tokens", file.place()));
    AddedToken token;
    token.content = KINDRED_TRY(part.required<std::string_view>("content", "a text"));
    const auto id = KINDRED_TRY(part.required<std::uint64_t>("id", "a whole number"));
    token.single_word = KINDRED_TRY(part.flag("single_word", false));
    token.lstrip = KINDRED_TRY(part.flag("lstrip", false));
    token.rstrip = KINDRED_TRY(part.flag("rstrip", false));
    token.special = KINDRED_TRY(part.flag("special", false));
    token.normalized = KINDRED_TRY(part.flag("normalized", !token.special));
    if (token.content.empty()) continue;  // as the reference does
    if (NormalizedText text; token.normalized) {
      normalizer.normalize(token.content, 0, false, text);
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

Result<void> read_truncation(const Part& file, TokenizerSpecification& out) {
  if (!KINDRED_TRY(file.optional<object>("truncation", "an object"))) return {};
  const Part part = KINDRED_TRY(file.part("truncation"));
  const auto direction = KINDRED_TRY(part.text("direction", "Right"));
  const auto strategy = KINDRED_TRY(part.text("strategy", "LongestFirst"));
  if (direction != "Right" || strategy != "LongestFirst")
    return fail(ErrorCode::unsupported,
                fmt::format("{}: cuts {} at the {}, Kindred cuts LongestFirst at the Right",
                            part.place(), strategy, direction));
  out.max_tokens = KINDRED_TRY(part.required<std::uint64_t>("max_length", "a whole number"));
  return {};
}

}  // namespace

Result<TokenizerSpecification> parse_tokenizer_json(std::string_view json, std::string_view name) {
  simdjson::dom::parser parser;  // refuses more than 1,024 levels
  element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root);
      error != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: is not valid JSON: {}", name, simdjson::error_message(error)));
  object fields;
  if (root.get(fields) != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, fmt::format("{}: is not a JSON object", name));
  const Part file(fields, std::string(name));
  TokenizerSpecification out;
  KINDRED_TRY(read_part(file, "model", kModels, out));
  KINDRED_TRY(read_part(file, "normalizer", kNormalizers, out));
  KINDRED_TRY(read_part(file, "pre_tokenizer", kPreTokenizers, out));
  if (KINDRED_TRY(file.optional<object>("post_processor", "an object")))
    KINDRED_TRY(read_part(file, "post_processor", kPostProcessors, out));
  // The model's own words come before the added ones, which it does not cut into.
  if (!out.vocabulary.id(out.model.unknown_token))
    return fail(ErrorCode::corrupt, fmt::format("{}: the vocabulary has no unknown token \"{}\"",
                                                name, out.model.unknown_token));
  KINDRED_TRY(read_added_tokens(file, out));
  KINDRED_TRY(read_truncation(file, out));
  return out;
}

Result<TokenizerSpecification> read_tokenizer_json(const std::filesystem::path& path) {
  const std::string json = KINDRED_TRY(base::read_file(path));
  return parse_tokenizer_json(json, path.string());
}

}  // namespace kindred::text
