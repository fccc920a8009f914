#include "embed/special_token.h"

#include "model/config.h"

namespace kindred::embed {

Result<std::optional<std::string>> read_special_token(const std::filesystem::path& folder,
                                                      std::string_view part) {
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json"}) {
    const auto path = folder / name;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) continue;
    const auto config = KINDRED_TRY(model::Config::read(path));
    const auto found = config.json().find(part);
    if (found == config.json().end() || found->is_null()) continue;
    // A text, or an object that says more of it.
    if (found->is_string()) return found->get<std::string>();
    if (found->is_object() && found->contains("content") && (*found)["content"].is_string())
      return (*found)["content"].get<std::string>();
    return config.wrong(part, "a token");
  }
  return std::nullopt;
}

}  // namespace kindred::embed
