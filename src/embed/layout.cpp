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

Result<std::vector<ModuleFolder>> read_modules(const std::filesystem::path& folder,
                                               const std::filesystem::path& path) {
  // modules.json is an array, which Config, a reader of objects, does not take.
  const json modules = KINDRED_TRY(model::read_json(path));
  if (!modules.is_array()) return wrong(path, ErrorCode::corrupt, "is not a list of modules");
  std::vector<ModuleFolder> found;
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

/// The window of the tokenizer, where nothing else says it.
Result<void> read_tokenizer_window(Layout& layout) {
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

/// How many tokens the folder wants at most, and what it does to the text before.
Result<void> read_transformer_settings(Layout& layout) {
  const auto settings = layout.encoder / "sentence_bert_config.json";
  if (has_file(settings)) {
    const Config config = KINDRED_TRY(Config::read(settings));
    layout.max_tokens = KINDRED_TRY(config.optional_count("max_seq_length"));
    layout.lowercase = KINDRED_TRY(config.flag("do_lower_case", false));
  }
  return read_tokenizer_window(layout);
}

/// Prompts, and how much of a vector is kept.
Result<void> read_settings(const std::filesystem::path& folder, Layout& layout) {
  const auto path = folder / "config_sentence_transformers.json";
  if (!has_file(path)) return {};
  layout.prompts = KINDRED_TRY(read_prompts(path));
  const Config config = KINDRED_TRY(Config::read(path));
  layout.dimensions = KINDRED_TRY(config.optional_count("truncate_dim"));
  return {};
}

/// A folder of an encoder alone. A model that was made to write texts has seen a whole text at its
/// last token.
Result<void> choose_modules(const std::filesystem::path& folder, Layout& layout) {
  layout.encoder = folder;
  const Config config = KINDRED_TRY(Config::read(folder / "config.json"));
  const auto architectures = KINDRED_TRY(config.texts("architectures"));
  const bool causal = KINDRED_TRY(config.flag("is_causal", true));
  if (causal && architectures && !architectures->empty() &&
      architectures->front().ends_with("ForCausalLM"))
    layout.pooling = Pooling::of("lasttoken");
  layout.notes.push_back(fmt::format("{}: no modules.json, so {} pooling without normalisation",
                                     folder.string(), layout.pooling.name()));
  return {};
}

}  // namespace

Result<Layout> read_layout(const std::filesystem::path& folder) {
  Layout layout;
  const auto modules_path = folder / "modules.json";
  if (!has_file(modules_path)) {
    KINDRED_TRY(choose_modules(folder, layout));
    // The reference reads sentence_bert_config.json of folders with modules only.
    KINDRED_TRY(read_tokenizer_window(layout));
    return layout;
  }
  auto modules = KINDRED_TRY(read_modules(folder, modules_path));
  constexpr std::array<std::string_view, 2> kBeginning = {"Transformer", "Pooling"};
  for (std::size_t i = 0; i < kBeginning.size(); ++i)
    if (i >= modules.size() || modules[i].kind != kBeginning[i])
      return wrong(modules_path, ErrorCode::unsupported,
                   i >= modules.size()
                       ? fmt::format("has no {} module", kBeginning[i])
                       : fmt::format("module {} is \"{}\", Kindred reads folders that begin with "
                                     "Transformer, Pooling",
                                     i, modules[i].kind));
  layout.encoder = modules[0].folder;
  layout.pooling = KINDRED_TRY(Pooling::read(modules[1].folder / "config.json"));
  layout.modules.assign(modules.begin() + 2, modules.end());
  if (!layout.modules.empty() && layout.modules.back().kind == "Normalize") {
    layout.normalize = true;
    layout.modules.pop_back();
  }
  KINDRED_TRY(read_transformer_settings(layout));
  KINDRED_TRY(read_settings(folder, layout));
  return layout;
}

}  // namespace kindred::embed
