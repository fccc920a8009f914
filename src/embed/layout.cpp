#include "embed/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "model/config.h"

namespace kindred::embed {
namespace {

using model::Config;
using nlohmann::json;

/// A module of modules.json: the kind is the last part of its class path.
struct Module {
  std::string kind;
  std::filesystem::path folder;
};

/// The flags of old pooling configurations and the modes that they stand for.
struct PoolingFlag {
  std::string_view flag;
  std::string_view mode;
};
constexpr std::array<PoolingFlag, 6> kPoolingFlags = {
    {{"pooling_mode_cls_token", "cls"},
     {"pooling_mode_max_tokens", "max"},
     {"pooling_mode_mean_tokens", "mean"},
     {"pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"},
     {"pooling_mode_weightedmean_tokens", "weightedmean"},
     {"pooling_mode_lasttoken", "lasttoken"}}};

std::unexpected<Error> wrong(const std::filesystem::path& path, ErrorCode code,
                             std::string_view what) {
  return fail(code, fmt::format("{}: {}", path.string(), what));
}

bool has_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// A module's folder stays inside the model's.
bool is_inside(const std::filesystem::path& path) {
  return path.is_relative() && std::ranges::find(path, "..") == path.end();
}

Result<std::vector<Module>> read_modules(const std::filesystem::path& folder,
                                         const std::filesystem::path& path) {
  // modules.json is an array, which Config, a reader of objects, does not take.
  const json modules = KINDRED_TRY(model::read_json(path));
  if (!modules.is_array()) return wrong(path, ErrorCode::corrupt, "is not a list of modules");
  std::vector<Module> found;
  for (const json& module : modules) {
    const auto text = [&](const char* field) -> const std::string* {
      const auto value = module.is_object() ? module.find(field) : module.end();
      return module.is_object() && value != module.end() ? value->get_ptr<const std::string*>()
                                                         : nullptr;
    };
    const std::string* type = text("type");
    const std::string* place = text("path");
    if (type == nullptr || place == nullptr || !is_inside(*place))
      return wrong(
          path, ErrorCode::corrupt,
          fmt::format("module {} has no \"type\" and \"path\" inside the folder", found.size()));
    found.push_back({type->substr(type->rfind('.') + 1), folder / *place});
  }
  return found;
}

Result<void> read_pooling(const std::filesystem::path& path, Layout& layout) {
  const Config config = KINDRED_TRY(Config::read(path));
  std::vector<std::string> modes;
  const json& fields = config.json();
  if (const auto mode = fields.find("pooling_mode"); mode != fields.end()) {
    for (const json& one : mode->is_array() ? *mode : json::array({*mode})) {
      if (!one.is_string()) return config.wrong("pooling_mode", "a mode or a list of modes");
      modes.push_back(one.get<std::string>());
    }
  } else {
    for (const PoolingFlag& flag : kPoolingFlags)
      if (const auto value = fields.find(flag.flag); value != fields.end() && *value == true)
        modes.emplace_back(flag.mode);
    if (modes.empty()) modes.emplace_back("mean");
  }
  if (modes.size() != 1)
    return wrong(path, ErrorCode::unsupported,
                 fmt::format("joins {} pooling modes, Kindred takes one", modes.size()));
  layout.pooling = modes.front();
  const char* width =
      fields.contains("embedding_dimension") ? "embedding_dimension" : "word_embedding_dimension";
  layout.dimensions = KINDRED_TRY(config.optional_count(width));
  return {};
}

/// How many tokens the folder wants at most, and what it does to the text before.
Result<void> read_transformer_settings(Layout& layout) {
  const auto settings = layout.encoder / "sentence_bert_config.json";
  if (has_file(settings)) {
    const Config config = KINDRED_TRY(Config::read(settings));
    layout.max_tokens = KINDRED_TRY(config.optional_count("max_seq_length"));
    KINDRED_TRY(config.require("do_lower_case", false));
  }
  const auto tokenizer = layout.encoder / "tokenizer_config.json";
  if (layout.max_tokens || !has_file(tokenizer)) return {};
  const Config config = KINDRED_TRY(Config::read(tokenizer));
  // Where a tokenizer knows no limit, transformers writes a huge number.
  const auto limit = config.json().find("model_max_length");
  if (limit != config.json().end() && limit->is_number_unsigned() &&
      limit->get<std::uint64_t>() < (1U << 20))
    layout.max_tokens = KINDRED_TRY(config.optional_count("model_max_length"));
  return {};
}

/// Prompts change vectors; a default one is part of the model.
Result<void> refuse_default_prompt(const std::filesystem::path& folder) {
  const auto path = folder / "config_sentence_transformers.json";
  if (!has_file(path)) return {};
  const Config config = KINDRED_TRY(Config::read(path));
  return config.require("default_prompt_name", nullptr);
}

}  // namespace

Result<Layout> read_layout(const std::filesystem::path& folder) {
  Layout layout;
  const auto modules_path = folder / "modules.json";
  if (!has_file(modules_path)) {
    layout.encoder = folder;
    layout.pooling = "mean";
    layout.notes.push_back(
        fmt::format("{}: no modules.json, so mean pooling without normalisation", folder.string()));
    KINDRED_TRY(read_transformer_settings(layout));
    return layout;
  }
  const auto modules = KINDRED_TRY(read_modules(folder, modules_path));
  for (std::size_t i = 0; i < modules.size(); ++i) {
    constexpr std::array<std::string_view, 3> kOrder = {"Transformer", "Pooling", "Normalize"};
    if (i >= kOrder.size() || modules[i].kind != kOrder[i])
      return wrong(
          modules_path, ErrorCode::unsupported,
          fmt::format(
              "module {} is \"{}\", Kindred reads Transformer, Pooling, Normalize, in this order",
              i, modules[i].kind));
  }
  if (modules.size() < 2)
    return wrong(modules_path, ErrorCode::unsupported, "has no Pooling module");
  layout.encoder = modules[0].folder;
  layout.normalize = modules.size() == 3;
  KINDRED_TRY(read_pooling(modules[1].folder / "config.json", layout));
  KINDRED_TRY(read_transformer_settings(layout));
  KINDRED_TRY(refuse_default_prompt(folder));
  return layout;
}

}  // namespace kindred::embed
