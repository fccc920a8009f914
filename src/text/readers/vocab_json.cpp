#include "text/readers/vocab_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/file_system.h"
#include "files/lines.h"
#include "text/readers/special_tokens.h"
#include "text/readers/tokenizer_json.h"

namespace kindred::text {
namespace {

using nlohmann::json;

/// What a class is made from.
struct Given {
  const json& settings;
  const SpecialTokens& special;
  std::string place;  // of settings

  bool flag(std::string_view name, bool otherwise) const {
    const auto found = settings.find(name);
    return found != settings.end() && found->is_boolean() ? found->get<bool>() : otherwise;
  }
};

/// [token, id], as post-processors have it.
Result<json> token_and_id(const Given& given, std::string_view name) {
  const SpecialTokens::Named* token = given.special.find(name);
  if (token == nullptr)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: \"{}\" is null, this class of tokenizers frames texts with it",
                            given.place, name));
  return json::array({token->content, token->id});
}

/// A template of the texts alone, with one token before or behind each where the settings say so.
json bare_template(const Given& given) {
  const SpecialTokens::Named* bos = given.special.find("bos_token");
  const SpecialTokens::Named* eos = given.special.find("eos_token");
  if (!given.flag("add_bos_token", false)) bos = nullptr;
  if (!given.flag("add_eos_token", false)) eos = nullptr;
  json tokens = json::object();
  for (const SpecialTokens::Named* token : {bos, eos})
    if (token != nullptr)
      tokens[token->content] = {{"id", token->content},
                                {"ids", json::array({token->id})},
                                {"tokens", json::array({token->content})}};
  const auto add_text = [&](const char* text, int type, json& list) {
    const auto add_token = [&](const SpecialTokens::Named* token) {
      if (token != nullptr)
        list.push_back({{"SpecialToken", {{"id", token->content}, {"type_id", type}}}});
    };
    add_token(bos);
    list.push_back({{"Sequence", {{"id", text}, {"type_id", type}}}});
    add_token(eos);
  };
  json single = json::array();
  add_text("A", 0, single);
  json pair = single;
  add_text("B", 1, pair);
  return {{"type", "TemplateProcessing"},
          {"single", single},
          {"pair", pair},
          {"special_tokens", tokens}};
}

json byte_level(bool add_prefix_space, bool use_regex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", add_prefix_space}, {"use_regex", use_regex}};
}

json split(const char* expression, const char* behavior, bool invert) {
  return {{"type", "Split"},
          {"pattern", {{"Regex", expression}}},
          {"behavior", behavior},
          {"invert", invert}};
}

json sequence(const char* members, json list) {
  return {{"type", "Sequence"}, {members, std::move(list)}};
}

/// The parts of a tokenizer.json beside model and tokens.
using Make = Result<json>(const Given&);

Result<json> make_gpt2(const Given& given) {
  return json{{"pre_tokenizer", byte_level(given.flag("add_prefix_space", false), true)},
              {"post_processor", bare_template(given)},
              {"decoder", {{"type", "ByteLevel"}}}};
}

Result<json> make_roberta(const Given& given) {
  const bool prefix = given.flag("add_prefix_space", false);
  json frame = {{"type", "RobertaProcessing"},
                {"trim_offsets", given.flag("trim_offsets", true)},
                {"add_prefix_space", prefix}};
  frame["cls"] = KINDRED_TRY(token_and_id(given, "cls_token"));
  frame["sep"] = KINDRED_TRY(token_and_id(given, "sep_token"));
  return json{{"pre_tokenizer", byte_level(prefix, true)},
              {"post_processor", frame},
              {"decoder", {{"type", "ByteLevel"}}}};
}

Result<json> make_qwen2(const Given& given) {
  constexpr const char* kWords =
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
      R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
  return json{
      {"normalizer", {{"type", "NFC"}}},
      {"pre_tokenizer",
       sequence("pretokenizers", {split(kWords, "Isolated", false),
                                  byte_level(given.flag("add_prefix_space", false), false)})},
      {"post_processor", bare_template(given)},
      {"decoder", {{"type", "ByteLevel"}}}};
}

/// CLIP's words end with "</w>", which becomes a blank in a decoded text, but at its ends.
Result<json> make_clip(const Given& given) {
  constexpr const char* kWords = R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d)"
                                 R"(|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";
  constexpr std::uint32_t kAll = 0xFFFFFFFF;
  const auto replace = [](json pattern) {
    return json{{"type", "Replace"}, {"pattern", std::move(pattern)}, {"content", " "}};
  };
  json frame = {
      {"type", "RobertaProcessing"}, {"trim_offsets", false}, {"add_prefix_space", false}};
  frame["cls"] = KINDRED_TRY(token_and_id(given, "bos_token"));
  frame["sep"] = KINDRED_TRY(token_and_id(given, "eos_token"));
  return json{
      {"normalizer",
       sequence("normalizers",
                {{{"type", "NFC"}}, replace({{"Regex", "\\s+"}}), {{"type", "Lowercase"}}})},
      {"pre_tokenizer",
       sequence("pretokenizers", {split(kWords, "Removed", true), byte_level(false, true)})},
      {"post_processor", frame},
      {"decoder",
       sequence("decoders",
                {{{"type", "ByteLevel"}},
                 replace({{"String", "</w>"}}),
                 {{"type", "Strip"}, {"content", " "}, {"start", kAll}, {"stop", kAll}}})}};
}

constexpr NamedToken kGpt2Tokens[] = {
    {"bos_token", "<|endoftext|>"}, {"eos_token", "<|endoftext|>"}, {"unk_token", "<|endoftext|>"}};
constexpr NamedToken kRobertaTokens[] = {
    {"bos_token", "<s>"},   {"eos_token", "</s>"}, {"unk_token", "<unk>"},  {"sep_token", "</s>"},
    {"pad_token", "<pad>"}, {"cls_token", "<s>"},  {"mask_token", "<mask>"}};
constexpr NamedToken kQwen2Tokens[] = {
    {"eos_token", "<|endoftext|>"}, {"unk_token", "<|endoftext|>"}, {"pad_token", "<|endoftext|>"}};
constexpr NamedToken kClipTokens[] = {{"bos_token", "<|startoftext|>"},
                                      {"eos_token", "<|endoftext|>"},
                                      {"unk_token", "<|endoftext|>"},
                                      {"pad_token", "<|endoftext|>"}};

struct Class {
  std::string_view name;               // as "tokenizer_class", with or without "Fast" behind it
  std::string_view model_type;         // of config.json
  std::span<const NamedToken> tokens;  // those that the class has by itself
  Make* make;
  std::string_view end_suffix;  // of a word's last character
  bool knows_unknown;           // the model gives the unknown token, else leaves characters out
};
constexpr Class kClasses[] = {
    {"GPT2Tokenizer", "gpt2", kGpt2Tokens, make_gpt2, "", false},
    {"RobertaTokenizer", "roberta", kRobertaTokens, make_roberta, "", false},
    {"BartTokenizer", "bart", kRobertaTokens, make_roberta, "", false},
    {"LEDTokenizer", "led", kRobertaTokens, make_roberta, "", false},
    {"LongformerTokenizer", "longformer", kRobertaTokens, make_roberta, "", false},
    {"MvpTokenizer", "mvp", kRobertaTokens, make_roberta, "", false},
    {"CLIPTokenizer", "clip", kClipTokens, make_clip, "</w>", true},
    {"Qwen2Tokenizer", "qwen2", kQwen2Tokens, make_qwen2, "", false},
};

std::string text_of(const json& settings, std::string_view field) {
  const auto found = settings.find(field);
  return found != settings.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<const Class*> find_class(const VocabJsonFiles& files, const json& settings) {
  auto place = files.folder / "tokenizer_config.json";
  std::string name = text_of(settings, "tokenizer_class");
  std::string model_type;
  if (name.empty()) {
    place = files.folder / "config.json";
    const json config = KINDRED_TRY(parse_settings(files.config, place));
    name = text_of(config, "tokenizer_class");
    model_type = text_of(config, "model_type");
  }
  if (name.ends_with("Fast")) name.resize(name.size() - std::string_view("Fast").size());
  std::string known;
  for (const Class& one : kClasses) {
    if (name.empty() ? one.model_type == model_type : one.name == name) return &one;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", one.name);
  }
  if (name.empty() && model_type.empty())
    return fail(ErrorCode::unsupported,
                fmt::format("{}: has a vocab.json, but neither tokenizer_config.json nor "
                            "config.json says of which class the tokenizer is, Kindred has: {}",
                            files.folder.string(), known));
  return fail(ErrorCode::unsupported,
              fmt::format("{}: the class of the tokenizer is \"{}\", Kindred has: {}",
                          place.string(), name.empty() ? model_type : name, known));
}

/// merges.txt as "merges" of a tokenizer.json.
Result<json> read_merges_txt(std::string_view text, const std::filesystem::path& path) {
  auto lines = files::LineReader::of(text, path.string());
  json merges = json::array();
  std::size_t number = 0;
  while (const auto line = KINDRED_TRY(lines.next())) {
    ++number;
    if (line->starts_with("#version")) continue;
    const std::size_t blank = line->find(' ');
    if (blank == std::string_view::npos || line->find(' ', blank + 1) != std::string_view::npos)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: line {} is not two tokens with a blank between them",
                              path.string(), number));
    merges.push_back(json::array({line->substr(0, blank), line->substr(blank + 1)}));
  }
  return merges;
}

/// What transformers knows of cutting and padding, for sequences that are too long or too short.
void add_lengths(const Given& given, json& tokenizer) {
  const auto side = [&](const char* name) {
    return text_of(given.settings, name) == "left" ? "Left" : "Right";
  };
  const auto limit = given.settings.find("model_max_length");
  // Where a tokenizer knows no limit, transformers writes a huge number.
  if (limit != given.settings.end() && limit->is_number_unsigned() &&
      limit->get<std::uint64_t>() < (1U << 20))
    tokenizer["truncation"] = {{"max_length", *limit}, {"direction", side("truncation_side")}};
  if (const SpecialTokens::Named* pad = given.special.find("pad_token"))
    tokenizer["padding"] = {
        {"strategy", "BatchLongest"}, {"direction", side("padding_side")}, {"pad_id", pad->id}};
}

}  // namespace

Result<TokenizerSpecification> parse_vocab_json(const VocabJsonFiles& files) {
  TokenFiles token_files;
  token_files.folder = files.folder;
  const auto settings_path = files.folder / "tokenizer_config.json";
  token_files.settings = KINDRED_TRY(parse_settings(files.settings, settings_path));
  token_files.map = KINDRED_TRY(
      parse_settings(files.special_tokens_map, files.folder / "special_tokens_map.json"));
  token_files.added =
      KINDRED_TRY(parse_settings(files.added_tokens, files.folder / "added_tokens.json"));
  const Class* kind = KINDRED_TRY(find_class(files, token_files.settings));

  const std::string name = (files.folder / "vocab.json").string();
  simdjson::dom::parser parser;
  simdjson::dom::object tokens;
  if (parser.parse(files.vocabulary).get(tokens) != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, fmt::format("{}: is not a JSON object", name));
  std::uint64_t count = 0;
  for ([[maybe_unused]] const auto token : tokens) ++count;
  const auto id_of = [&](std::string_view token) -> std::optional<std::uint64_t> {
    std::uint64_t id = 0;
    if (tokens.at_key(token).get(id) != simdjson::SUCCESS) return std::nullopt;
    return id;
  };
  const SpecialTokens special =
      KINDRED_TRY(read_special_tokens(token_files, kind->tokens, count, id_of));

  const Given given{
      .settings = token_files.settings, .special = special, .place = settings_path.string()};
  json tokenizer = KINDRED_TRY(kind->make(given));
  tokenizer["added_tokens"] = special.added;
  add_lengths(given, tokenizer);
  json model = {{"type", "BPE"}, {"end_of_word_suffix", kind->end_suffix}};
  if (kind->knows_unknown)
    if (const SpecialTokens::Named* unknown = special.find("unk_token"))
      if (id_of(unknown->content)) model["unk_token"] = unknown->content;
  model["merges"] = KINDRED_TRY(read_merges_txt(files.merges, files.folder / "merges.txt"));
  // The vocabulary, which was found to be one JSON object, goes first into the model as it stands.
  const auto dumped = [](const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
  };
  const std::string text = fmt::format("{{\"model\":{{\"vocab\":{},{},{}", files.vocabulary,
                                       dumped(model).substr(1), dumped(tokenizer).substr(1));
  return parse_tokenizer_json(text, name);
}

Result<TokenizerSpecification> read_vocab_json(const std::filesystem::path& path) {
  VocabJsonFiles files;
  files.folder = path.parent_path();
  files.vocabulary = KINDRED_TRY(base::read_file(path));
  files.merges = KINDRED_TRY(base::read_file(files.folder / "merges.txt"));
  files.settings = KINDRED_TRY(read_if_there(files.folder / "tokenizer_config.json"));
  files.special_tokens_map = KINDRED_TRY(read_if_there(files.folder / "special_tokens_map.json"));
  files.added_tokens = KINDRED_TRY(read_if_there(files.folder / "added_tokens.json"));
  files.config = KINDRED_TRY(read_if_there(files.folder / "config.json"));
  return parse_vocab_json(files);
}

}  // namespace kindred::text
