#include "text/readers/vocab_txt.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "files/lines.h"
#include "text/decoders/readers.h"
#include "text/models/word_piece.h"
#include "text/normalizers/bert_normalizer.h"
#include "text/post_processors/bert_processing.h"
#include "text/pre_tokenizers/bert_pre_tokenizer.h"
#include "text/readers/special_tokens.h"

namespace kindred::text {
namespace {

using nlohmann::json;

/// Lines as Python's text files have them: a vocabulary has no byte order mark to skip, and ids
/// count every line.
Result<void> read_tokens(const std::filesystem::path& path, Vocabulary& vocabulary) {
  const std::string text = KINDRED_TRY(base::read_file(path));
  auto lines = files::LineReader::of(text, path.string());
  std::vector<std::string> tokens;
  while (const auto line = KINDRED_TRY(lines.next())) tokens.emplace_back(*line);
  // A line that stands twice keeps its last id, as in the reference's dictionary; an empty one
  // only takes its number.
  for (std::size_t id = tokens.size(); id-- > 0;)
    if (!tokens[id].empty() && !vocabulary.id(tokens[id]))
      KINDRED_TRY(vocabulary.add(tokens[id], id, path.string()));
  return {};
}

/// A setting that is true or false; null and absent are `otherwise`.
Result<bool> flag(const json& settings, const char* name, bool otherwise,
                  const std::filesystem::path& path) {
  const auto found = settings.find(name);
  if (found == settings.end() || found->is_null()) return otherwise;
  if (!found->is_boolean())
    return fail(ErrorCode::corrupt,
                fmt::format("{}: \"{}\" is not true or false", path.string(), name));
  return found->get<bool>();
}

/// The name of a special token: a text, or an object whose "content" is one.
std::string special_token(const json& settings, const char* name, const char* otherwise) {
  const auto found = settings.find(name);
  if (found == settings.end()) return otherwise;
  const json& value =
      found->is_object() && found->contains("content") ? (*found)["content"] : *found;
  return value.is_string() ? value.get<std::string>() : otherwise;
}

}  // namespace

Result<TokenizerSpecification> read_vocab_txt(const std::filesystem::path& path) {
  TokenizerSpecification out;
  KINDRED_TRY(read_tokens(path, out.vocabulary));
  const auto settings_path = path.parent_path() / "tokenizer_config.json";
  const auto settings_text = KINDRED_TRY(read_if_there(settings_path));
  const json settings = KINDRED_TRY(parse_settings(settings_text, settings_path));
  BertNormalizerOptions normalizer;
  normalizer.lowercase = KINDRED_TRY(flag(settings, "do_lower_case", true, settings_path));
  normalizer.strip_accents =
      KINDRED_TRY(flag(settings, "strip_accents", normalizer.lowercase, settings_path));
  normalizer.handle_chinese_chars =
      KINDRED_TRY(flag(settings, "tokenize_chinese_chars", true, settings_path));
  out.normalizers.push_back(std::make_unique<BertNormalizer>(normalizer));
  out.pre_tokenizers.push_back(std::make_unique<BertPreTokenizer>());
  const auto limit = settings.find("model_max_length");
  // Where a tokenizer knows no limit, transformers writes a huge number.
  if (limit != settings.end() && limit->is_number_unsigned() &&
      limit->get<std::uint64_t>() < (1U << 20))
    out.max_tokens = limit->get<std::size_t>();

  const auto add_special = [&](const char* name, const char* otherwise) -> Result<std::uint32_t> {
    const std::string token = special_token(settings, name, otherwise);
    const auto id = out.vocabulary.id(token);
    if (!id)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: has no line \"{}\", the {}", path.string(), token, name));
    out.added.push_back({.content = token, .id = *id, .special = true, .in_model = true});
    return *id;
  };
  const std::string unknown = special_token(settings, "unk_token", "[UNK]");
  KINDRED_TRY(add_special("unk_token", "[UNK]"));
  const std::uint32_t pad = KINDRED_TRY(add_special("pad_token", "[PAD]"));
  KINDRED_TRY(add_special("mask_token", "[MASK]"));
  const std::uint32_t cls = KINDRED_TRY(add_special("cls_token", "[CLS]"));
  const std::uint32_t sep = KINDRED_TRY(add_special("sep_token", "[SEP]"));
  std::vector<std::unique_ptr<const PostProcessor>> post_processors;
  post_processors.push_back(std::make_unique<BertProcessing>(cls, sep));
  out.frames = Frames(post_processors);
  out.padding = Padding{.id = pad};
  out.decoders.push_back(make_word_piece_decoder("##", /*cleanup=*/true));
  out.model =
      std::make_unique<WordPiece>(out.vocabulary, WordPieceOptions{.unknown_token = unknown});
  return out;
}

}  // namespace kindred::text
