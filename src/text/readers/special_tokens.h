/// The special and added tokens of a tokenizer whose files are older than tokenizer.json, with the
/// ids that Hugging Face transformers gives them.
///
/// Three files may name tokens: tokenizer_config.json (named ones such as "eos_token", a list of
/// further special ones, and "added_tokens_decoder", which has everything); where it has no
/// added_tokens_decoder, special_tokens_map.json, which wins over it, and added_tokens.json. A
/// token that the vocabulary has keeps its id; others get the ids behind the last, in order: those
/// of added_tokens by their ids there, the named ones, the further ones.
///
/// Thread safety: pure. Cost: a look through the vocabulary a token.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::text {

/// A special token that a class has by itself: its name ("eos_token") and content.
struct NamedToken {
  std::string_view name;
  std::string_view content;
};

struct SpecialTokens {
  /// As "added_tokens" of a tokenizer.json lists them.
  nlohmann::json added = nlohmann::json::array();
  struct Named {
    std::string content;
    std::uint64_t id;
  };
  std::map<std::string, Named, std::less<>> named;

  /// The token of a name; nullptr where there is none.
  const Named* find(std::string_view name) const {
    const auto found = named.find(name);
    return found == named.end() ? nullptr : &found->second;
  }
};

/// What the files say: JSON objects, empty where there is no such file.
struct TokenFiles {
  std::filesystem::path folder;  ///< begins messages
  nlohmann::json settings;       ///< tokenizer_config.json
  nlohmann::json map;            ///< special_tokens_map.json
  nlohmann::json added;          ///< added_tokens.json
};

/// `text` as a JSON object; an empty object where there is no text. `name` begins the message.
Result<nlohmann::json> parse_settings(const std::optional<std::string>& text,
                                      const std::filesystem::path& name);
/// The contents of a file, nothing where there is none.
Result<std::optional<std::string>> read_if_there(const std::filesystem::path& path);

/// `defaults`: tokens that the class has by itself. `vocabulary_size`: how many tokens the model
/// has, `id_of` finds the id of one.
Result<SpecialTokens> read_special_tokens(
    const TokenFiles& files, std::span<const NamedToken> defaults, std::uint64_t vocabulary_size,
    const std::function<std::optional<std::uint64_t>(std::string_view)>& id_of);

}  // namespace kindred::text
