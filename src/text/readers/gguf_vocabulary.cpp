#include "text/readers/gguf_vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/listed.h"
#include "files/excerpt.h"
#include "text/post_processors/template_processing.h"
#include "text/readers/sentencepiece.h"
#include "text/readers/tokenizer_json.h"

namespace kindred::text {
namespace {

using files::Gguf;
using nlohmann::json;

constexpr std::string_view kBlank = "\u2581";
constexpr std::size_t kMostTokens = 1U << 24;

/// Kinds of tokens, by the file's numbers.
enum class TokenType : std::uint8_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};

struct Tokens {
  std::span<const std::string_view> texts;
  std::vector<TokenType> types;
  std::vector<double> scores;
};

std::string key(std::string_view name) { return fmt::format("tokenizer.ggml.{}", name); }

Result<Tokens> read_tokens(const Gguf& gguf) {
  Tokens tokens;
  tokens.texts = KINDRED_TRY(gguf.texts(key("tokens")));
  if (tokens.texts.empty() || tokens.texts.size() > kMostTokens)
    return gguf.wrong(key("tokens"), "a list of tokens");
  const auto types = KINDRED_TRY(gguf.numbers(key("token_type")));
  for (const double type : types) {
    constexpr std::array<double, 6> kTypes = {1, 2, 3, 4, 5, 6};
    if (std::ranges::find(kTypes, type) == kTypes.end())
      return gguf.wrong(key("token_type"), "a list of 1 to 6");
    tokens.types.push_back(static_cast<TokenType>(type));
  }
  if (types.empty()) tokens.types.assign(tokens.texts.size(), TokenType::normal);
  if (tokens.types.size() != tokens.texts.size())
    return gguf.wrong(key("token_type"), "a type for each token");
  tokens.scores = KINDRED_TRY(gguf.numbers(key("scores")));
  return tokens;
}

/// A special token's id; nothing where the file has none.
Result<std::optional<std::uint32_t>> special_id(const Gguf& gguf, std::string_view name,
                                                const Tokens& tokens) {
  const auto id = KINDRED_TRY(gguf.count(key(name)));
  if (!id || *id == 0xFFFFFFFF) return std::nullopt;  // llama.cpp's "none"
  if (*id >= tokens.texts.size()) return gguf.wrong(key(name), "a token's id");
  return static_cast<std::uint32_t>(*id);
}

bool is_special(TokenType type) {
  return type == TokenType::control || type == TokenType::user_defined;
}

json added_tokens(const Tokens& tokens, std::optional<std::uint32_t> unknown) {
  auto added = json::array();
  for (std::size_t id = 0; id < tokens.texts.size(); ++id)
    if (is_special(tokens.types[id]) || id == unknown)
      added.push_back({{"id", id},
                       {"content", tokens.texts[id]},
                       {"single_word", false},
                       {"lstrip", false},
                       {"rstrip", false},
                       {"normalized", false},
                       {"special", tokens.types[id] != TokenType::user_defined}});
  return added;
}

std::string dumped(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<TokenizerSpecification> make_bert(const Gguf& gguf, const Tokens& tokens) {
  const auto unknown = KINDRED_TRY(special_id(gguf, "unknown_token_id", tokens));
  if (!unknown) return gguf.wrong(key("unknown_token_id"), "a token's id");
  json vocabulary = json::object();
  bool capitals = false;
  for (std::size_t id = 0; id < tokens.texts.size(); ++id) {
    const std::string_view token = tokens.texts[id];
    if (is_special(tokens.types[id]) || id == unknown) {
      vocabulary[std::string(token)] = id;
    } else if (token.starts_with(kBlank)) {
      const std::string_view word = token.substr(kBlank.size());
      vocabulary[std::string(word)] = id;
      capitals = capitals || (!word.starts_with('[') && std::ranges::any_of(word, [](char c) {
                   return c >= 'A' && c <= 'Z';
                 }));
    } else {
      vocabulary[fmt::format("##{}", token)] = id;
    }
  }
  const std::string unknown_token(tokens.texts[*unknown]);
  const json tokenizer = {{"added_tokens", added_tokens(tokens, unknown)},
                          {"normalizer",
                           {{"type", "BertNormalizer"},
                            {"clean_text", true},
                            {"handle_chinese_chars", true},
                            {"strip_accents", nullptr},
                            {"lowercase", !capitals}}},
                          {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                          {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
                          {"model",
                           {{"type", "WordPiece"},
                            {"unk_token", unknown_token},
                            {"continuing_subword_prefix", "##"},
                            {"max_input_chars_per_word", 100},
                            {"vocab", std::move(vocabulary)}}}};
  return parse_tokenizer_json(dumped(tokenizer), gguf.name());
}

/// How a byte-level tokenizer cuts words, by `tokenizer.ggml.pre`.
struct Cut {
  std::string_view name;
  bool nfc;
  std::string_view expression;  ///< empty: GPT-2's own
};
constexpr std::string_view kQwen2Words =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3Words =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::array kCuts = {
    Cut{"default", false, ""},
    Cut{"gpt-2", false, ""},
    Cut{"llama-bpe", false, kLlama3Words},
    Cut{"llama-v3", false, kLlama3Words},
    Cut{"llama3", false, kLlama3Words},
    Cut{"qwen2", true, kQwen2Words},
};

Result<TokenizerSpecification> make_gpt2(const Gguf& gguf, const Tokens& tokens) {
  const auto pre = KINDRED_TRY(gguf.text(key("pre"))).value_or("default");
  const auto* cut = std::ranges::find(kCuts, pre, &Cut::name);
  if (cut == kCuts.end())
    return fail(ErrorCode::unsupported,
                fmt::format("{}: {} is \"{}\", Kindred has: {}", gguf.name(), key("pre"),
                            files::excerpt(pre), base::listed(kCuts, &Cut::name)));
  const bool blank = KINDRED_TRY(gguf.flag(key("add_space_prefix"))).value_or(false);
  json vocabulary = json::object();
  for (std::size_t id = 0; id < tokens.texts.size(); ++id)
    vocabulary[std::string(tokens.texts[id])] = id;
  auto merges = json::array();
  for (const std::string_view merge : KINDRED_TRY(gguf.texts(key("merges"))))
    merges.push_back(merge);
  const json bytes = {{"type", "ByteLevel"},
                      {"add_prefix_space", blank},
                      {"trim_offsets", true},
                      {"use_regex", cut->expression.empty()}};
  auto pre_tokenizers = json::array();
  if (!cut->expression.empty())
    pre_tokenizers.push_back({{"type", "Split"},
                              {"pattern", {{"Regex", cut->expression}}},
                              {"behavior", "Isolated"},
                              {"invert", false}});
  pre_tokenizers.push_back(bytes);
  json tokenizer = {
      {"added_tokens", added_tokens(tokens, std::nullopt)},
      {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", std::move(pre_tokenizers)}}},
      {"decoder", {{"type", "ByteLevel"}}},
      {"model",
       {{"type", "BPE"}, {"vocab", std::move(vocabulary)}, {"merges", std::move(merges)}}}};
  if (cut->nfc) tokenizer["normalizer"] = {{"type", "NFC"}};
  return parse_tokenizer_json(dumped(tokenizer), gguf.name());
}

/// A protocol buffer, written field by field.
class WireWriter {
 public:
  void number(unsigned field, std::uint64_t value) {
    varint(field << 3);
    varint(value);
  }
  void real(unsigned field, float value) {
    varint(field << 3 | 5);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned i = 0; i < 4; ++i) bytes_ += static_cast<char>(bits >> 8 * i & 0xFFU);
  }
  void text(unsigned field, std::string_view value) {
    varint(field << 3 | 2);
    varint(value.size());
    bytes_ += value;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

/// The bytes of the list of numbers in which a file keeps rules of normalization.
Result<std::string> rules_of(const Gguf& gguf) {
  std::string rules;
  for (const double byte : KINDRED_TRY(gguf.numbers(key("precompiled_charsmap"))))
    rules += static_cast<char>(static_cast<int>(std::clamp(byte, -128.0, 255.0)));
  return rules;
}

/// The parts of a SentencePiece model, put together as its file has them.
Result<TokenizerSpecification> make_sentencepiece(const Gguf& gguf, const Tokens& tokens,
                                                  bool unigram) {
  if (tokens.scores.size() != tokens.texts.size())
    return gguf.wrong(key("scores"), "a score for each token");
  WireWriter model;
  bool bytes = false;
  for (std::size_t id = 0; id < tokens.texts.size(); ++id) {
    WireWriter piece;
    piece.text(1, tokens.texts[id]);
    piece.real(2, static_cast<float>(tokens.scores[id]));
    piece.number(3, static_cast<std::uint64_t>(tokens.types[id]));
    model.text(1, piece.bytes());
    bytes = bytes || tokens.types[id] == TokenType::byte;
  }
  WireWriter training;
  training.number(3, unigram ? 1 : 2);
  training.number(35, bytes ? 1 : 0);
  model.text(2, training.bytes());
  WireWriter normalization;
  normalization.text(2, KINDRED_TRY(rules_of(gguf)));
  normalization.number(3, KINDRED_TRY(gguf.flag(key("add_space_prefix"))).value_or(true) ? 1 : 0);
  normalization.number(
      4, KINDRED_TRY(gguf.flag(key("remove_extra_whitespaces"))).value_or(unigram) ? 1 : 0);
  normalization.number(5, 1);
  model.text(3, normalization.bytes());
  auto out = KINDRED_TRY(parse_sentencepiece(model.bytes(), gguf.name()));
  for (std::uint32_t id = 0; id < tokens.texts.size(); ++id)
    if (tokens.types[id] == TokenType::control)
      out.added.push_back(
          {.content = std::string(tokens.texts[id]), .id = id, .special = true, .in_model = true});
  return out;
}

Result<TokenizerSpecification> make_llama(const Gguf& gguf, const Tokens& tokens) {
  return make_sentencepiece(gguf, tokens, /*unigram=*/false);
}
Result<TokenizerSpecification> make_t5(const Gguf& gguf, const Tokens& tokens) {
  return make_sentencepiece(gguf, tokens, /*unigram=*/true);
}

/// A kind of tokenizer, and which tokens stand around its texts where the file doesn't say.
struct VocabularyKind {
  std::string_view name;
  Result<TokenizerSpecification> (*make)(const Gguf& gguf, const Tokens& tokens);
  bool begins;
  bool ends;
};
constexpr std::array kKinds = {
    VocabularyKind{"bert", make_bert, true, true},
    VocabularyKind{"gpt2", make_gpt2, false, false},
    VocabularyKind{"llama", make_llama, true, false},
    VocabularyKind{"t5", make_t5, false, true},
};

/// The tokens around a text; none where it has none.
Result<Frames> frames_of(const Gguf& gguf, const VocabularyKind& kind, const Tokens& tokens) {
  using Place = TemplateProcessing::Place;
  const bool bert = kind.name == "bert";
  auto begin = KINDRED_TRY(special_id(gguf, "bos_token_id", tokens));
  auto end = KINDRED_TRY(special_id(gguf, "eos_token_id", tokens));
  if (bert) {  // CLS and SEP, under whichever name the file has them
    if (const auto cls = KINDRED_TRY(special_id(gguf, "cls_token_id", tokens))) begin = cls;
    if (const auto sep = KINDRED_TRY(special_id(gguf, "seperator_token_id", tokens))) end = sep;
  }
  if (!KINDRED_TRY(gguf.flag(key("add_bos_token"))).value_or(kind.begins)) begin.reset();
  if (!KINDRED_TRY(gguf.flag(key("add_eos_token"))).value_or(kind.ends)) end.reset();
  TemplateProcessing::Template single;
  TemplateProcessing::Template pair;
  const auto add = [](auto& to, Place::Kind what, std::uint8_t type,
                      std::optional<std::uint32_t> id) {
    if (what != Place::Kind::special) to.places.push_back({what, type, {}});
    if (what == Place::Kind::special && id) to.places.push_back({what, type, {*id}});
  };
  for (auto* to : {&single, &pair}) {
    add(*to, Place::Kind::special, 0, begin);
    add(*to, Place::Kind::first, 0, {});
    add(*to, Place::Kind::special, 0, end);
  }
  if (!bert) add(pair, Place::Kind::special, 1, begin);
  add(pair, Place::Kind::second, 1, {});
  add(pair, Place::Kind::special, 1, end);
  std::vector<std::unique_ptr<const PostProcessor>> processors;
  processors.push_back(
      std::make_unique<TemplateProcessing>(std::move(single), std::move(pair), gguf.name()));
  return Frames(processors);
}

}  // namespace

Result<TokenizerSpecification> parse_gguf_vocabulary(const Gguf& gguf) {
  const auto name = KINDRED_TRY(gguf.text(key("model")));
  if (!name) return gguf.wrong(key("model"), "a kind of tokenizer");
  const auto* kind = std::ranges::find(kKinds, *name, &VocabularyKind::name);
  if (kind == kKinds.end())
    return fail(ErrorCode::unsupported,
                fmt::format("{}: {} is \"{}\", Kindred has: {}", gguf.name(), key("model"),
                            files::excerpt(*name), base::listed(kKinds, &VocabularyKind::name)));
  const Tokens tokens = KINDRED_TRY(read_tokens(gguf));
  auto out = KINDRED_TRY(kind->make(gguf, tokens));
  out.frames = KINDRED_TRY(frames_of(gguf, *kind, tokens));
  if (const auto pad = KINDRED_TRY(special_id(gguf, "padding_token_id", tokens)))
    out.padding = Padding{.id = *pad};
  return out;
}

Result<TokenizerSpecification> read_gguf_vocabulary(const std::filesystem::path& path) {
  const Gguf gguf = KINDRED_TRY(Gguf::open(path));
  return parse_gguf_vocabulary(gguf);
}

}  // namespace kindred::text
