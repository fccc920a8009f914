#include "text/readers/special_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "base/file_system.h"

namespace kindred::text {
namespace {

using nlohmann::json;

/// The order in which named tokens get their ids.
constexpr std::string_view kNames[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                       "pad_token", "cls_token", "mask_token"};

std::unexpected<Error> wrong(const std::filesystem::path& path, std::string_view field) {
  return fail(ErrorCode::corrupt,
              fmt::format("{}: \"{}\" is wrong, a token is needed: a text, or an object with a "
                          "\"content\" and flags that are true or false",
                          path.string(), field));
}

/// A token as tokenizer.json has it, without an id: from a text, which is special, or an object.
Result<json> token_of(const json& value, bool special, const std::filesystem::path& path,
                      std::string_view field) {
  json token = {{"content", ""},   {"single_word", false}, {"lstrip", false},
                {"rstrip", false}, {"normalized", false},  {"special", true}};
  if (value.is_string()) {
    token["content"] = value;
    return token;
  }
  if (!value.is_object() || !value.contains("content") || !value["content"].is_string())
    return wrong(path, field);
  token["special"] = special;
  for (const char* flag : {"content", "single_word", "lstrip", "rstrip", "special"})
    if (value.contains(flag)) token[flag] = value[flag];
  if (special) token["special"] = true;
  for (const char* flag : {"single_word", "lstrip", "rstrip", "special"})
    if (!token[flag].is_boolean()) return wrong(path, field);
  token["normalized"] = value.value("normalized", json(!token["special"].get<bool>()));
  if (!token["normalized"].is_boolean()) return wrong(path, field);
  return token;
}

/// What the files say, each token in the shape of token_of().
struct Named {
  std::map<std::string, json, std::less<>> tokens;  // null: there shall be none
  std::vector<json> further;
};

/// Reads the fields of `settings` that name tokens; what stands there already is replaced.
Result<void> read_named(const json& settings, bool special, const std::filesystem::path& path,
                        Named& out) {
  for (const std::string_view name : kNames) {
    const auto found = settings.find(name);
    if (found == settings.end()) continue;
    out.tokens[std::string(name)] =
        found->is_null() ? json() : KINDRED_TRY(token_of(*found, special, path, name));
  }
  for (const std::string_view field : {"extra_special_tokens", "additional_special_tokens"}) {
    const auto found = settings.find(field);
    if (found == settings.end() || found->is_null() || found->empty()) continue;
    if (!found->is_array()) return wrong(path, field);
    out.further.clear();
    for (const json& value : *found)
      out.further.push_back(KINDRED_TRY(token_of(value, special, path, field)));
    break;
  }
  return {};
}

/// Tokens by the ids that a file gives them.
using Numbered = std::map<std::uint64_t, json>;

/// "added_tokens_decoder": an object of ids and tokens.
Result<Numbered> read_decoder(const json& list, const std::filesystem::path& path) {
  constexpr std::string_view kField = "added_tokens_decoder";
  if (!list.is_object()) return wrong(path, kField);
  Numbered numbered;
  for (const auto& [key, value] : list.items()) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc() || end != key.data() + key.size() || !value.is_object())
      return wrong(path, kField);
    numbered[id] = KINDRED_TRY(token_of(value, /*special=*/false, path, kField));
  }
  return numbered;
}

/// added_tokens.json: an object of tokens and ids. Those that have names are special.
Result<Numbered> read_added(const json& list, const std::filesystem::path& path,
                            const Named& named) {
  Numbered numbered;
  for (const auto& [content, id] : list.items()) {
    if (!id.is_number_unsigned())
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: the id of \"{}\" is not a whole number of at least 0",
                              path.string(), content));
    const auto is_it = [&](const json& token) {
      return !token.is_null() && token["content"] == content;
    };
    const bool special =
        std::ranges::any_of(named.tokens, [&](const auto& one) { return is_it(one.second); }) ||
        std::ranges::any_of(named.further, is_it);
    const json token = {{"content", content}};
    numbered[id.get<std::uint64_t>()] = KINDRED_TRY(token_of(token, special, path, content));
  }
  return numbered;
}

}  // namespace

Result<json> parse_settings(const std::optional<std::string>& text,
                            const std::filesystem::path& name) {
  if (!text) return json::object();
  auto settings = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!settings.is_object())
    return fail(ErrorCode::corrupt, fmt::format("{}: is not a JSON object", name.string()));
  return settings;
}

Result<std::optional<std::string>> read_if_there(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  return KINDRED_TRY(base::read_file(path));
}

Result<SpecialTokens> read_special_tokens(
    const TokenFiles& files, std::span<const NamedToken> defaults, std::uint64_t vocabulary_size,
    const std::function<std::optional<std::uint64_t>(std::string_view)>& id_of) {
  const auto settings_path = files.folder / "tokenizer_config.json";
  Named named;
  KINDRED_TRY(read_named(files.settings, /*special=*/false, settings_path, named));
  Numbered numbered;
  if (const auto decoder = files.settings.find("added_tokens_decoder");
      decoder != files.settings.end()) {
    numbered = KINDRED_TRY(read_decoder(*decoder, settings_path));
  } else {
    KINDRED_TRY(
        read_named(files.map, /*special=*/true, files.folder / "special_tokens_map.json", named));
    numbered = KINDRED_TRY(read_added(files.added, files.folder / "added_tokens.json", named));
  }
  for (const auto& [name, content] : defaults)
    if (!named.tokens.contains(name))
      named.tokens[std::string(name)] =
          KINDRED_TRY(token_of(json(std::string(content)), /*special=*/true, settings_path, name));

  SpecialTokens out;
  std::map<std::string, std::uint64_t> ids;
  std::uint64_t next = vocabulary_size;
  const auto add = [&](json token, bool has_name) {
    const std::string content = token["content"];
    if (content.empty() || ids.contains(content)) return;
    const auto known = id_of(content);
    token["id"] = ids[content] = known ? *known : next;
    if (!known || *known >= next) next = ids[content] + 1;
    if (has_name) token["special"] = true;
    out.added.push_back(std::move(token));
  };
  const auto is_named = [&](const json& token) {
    return std::ranges::any_of(named.tokens, [&](const auto& one) {
      return !one.second.is_null() && one.second["content"] == token["content"];
    });
  };
  for (const auto& [id, token] : numbered) add(token, is_named(token));
  for (const std::string_view name : kNames)
    if (const auto token = named.tokens.find(name);
        token != named.tokens.end() && !token->second.is_null())
      add(token->second, /*has_name=*/true);
  for (const json& token : named.further) add(token, is_named(token));
  for (const auto& [name, token] : named.tokens)
    if (!token.is_null() && ids.contains(token["content"]))
      out.named[name] = {.content = token["content"], .id = ids[token["content"]]};
  return out;
}

}  // namespace kindred::text
