#include "embed/prompts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string_view>
#include <vector>

#include "model/config.h"

namespace kindred::embed {
namespace {

std::string prompt_of_role(const Prompts& prompts, TextRole role) {
  constexpr std::array<std::string_view, 1> kQuery = {"query"};
  constexpr std::array<std::string_view, 3> kDocument = {"document", "passage", "corpus"};
  const auto first_of = [&](const auto& names) {
    for (const std::string_view name : names)
      if (const auto found = prompts.texts.find(std::string(name)); found != prompts.texts.end())
        return found->second;
    return std::string();
  };
  return role == TextRole::query ? first_of(kQuery) : first_of(kDocument);
}

}  // namespace

Result<Prompts> read_prompts(const std::filesystem::path& path) {
  const auto config = KINDRED_TRY(model::Config::read(path));
  Prompts prompts;
  if (const auto texts = config.json().find("prompts");
      texts != config.json().end() && !texts->is_null()) {
    if (!texts->is_object()) return config.wrong("prompts", "an object of texts");
    for (const auto& [name, text] : texts->items()) {
      if (!text.is_string() && !text.is_null())
        return config.wrong("prompts", "an object of texts");
      prompts.texts[name] = text.is_null() ? "" : text.get<std::string>();
    }
  }
  if (const auto name = config.json().find("default_prompt_name");
      name != config.json().end() && !name->is_null()) {
    prompts.default_name = KINDRED_TRY(config.text("default_prompt_name"));
    if (!prompts.texts.contains(*prompts.default_name))
      return config.wrong("default_prompt_name", "the name of a prompt");
  }
  return prompts;
}

Result<std::string> prompt_for(const Prompts& prompts, const EmbedOptions& options) {
  if (options.prompt) return *options.prompt;
  if (!options.prompt_name.empty()) {
    const auto found = prompts.texts.find(options.prompt_name);
    if (found != prompts.texts.end()) return found->second;
    std::vector<std::string_view> names;
    names.reserve(prompts.texts.size());
    for (const auto& [name, text] : prompts.texts) names.push_back(name);
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("the model has no prompt \"{}\", its prompts are: {}", options.prompt_name,
                    names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
  }
  if (options.role != TextRole::plain) return prompt_of_role(prompts, options.role);
  return prompts.default_name ? prompts.texts.at(*prompts.default_name) : std::string();
}

}  // namespace kindred::embed
