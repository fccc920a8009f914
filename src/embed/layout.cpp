#include "embed/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "embed/modules_file.h"
#include "embed/tokenizer_window.h"
#include "files/excerpt.h"
#include "files/gguf.h"
#include "model/config.h"
#include "model/elmo.h"
#include "model/gguf_model.h"
#include "tensorflow/text_model.h"

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

/// How many tokens the folder wants at most, and what it does to the text before.
Result<void> read_transformer_settings(Layout& layout) {
  const auto settings = layout.encoder / "sentence_bert_config.json";
  if (has_file(settings)) {
    const Config config = KINDRED_TRY(Config::read(settings));
    layout.max_tokens = KINDRED_TRY(config.optional_count("max_seq_length"));
    layout.lowercase = KINDRED_TRY(config.flag("do_lower_case", false));
  }
  if (!layout.max_tokens) layout.max_tokens = KINDRED_TRY(read_tokenizer_window(layout.encoder));
  return {};
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

/// Whether config.json says so.
Result<bool> is_model2vec(const std::filesystem::path& folder) {
  const auto path = folder / "config.json";
  if (!has_file(path)) return false;
  const Config config = KINDRED_TRY(Config::read(path));
  const auto type = config.json().find("model_type");
  return type != config.json().end() && *type == "model2vec";
}

Result<Layout> read_model2vec(const std::filesystem::path& folder) {
  const Config config = KINDRED_TRY(Config::read(folder / "config.json"));
  Layout layout;
  layout.beginning = Beginning::model2vec;
  layout.encoder = folder;
  layout.normalize = KINDRED_TRY(config.flag("normalize", false));
  // The reference's, where the file doesn't say; null is no limit.
  constexpr std::size_t kMaxTokens = 512;
  layout.max_tokens = config.contains("max_length")
                          ? KINDRED_TRY(config.optional_count("max_length"))
                          : std::optional(kMaxTokens);
  return layout;
}

/// How many modules the beginning takes.
Result<std::size_t> read_beginning(const std::filesystem::path& path,
                                   const std::vector<ModuleFolder>& modules, Layout& layout) {
  if (modules.empty()) return wrong(path, ErrorCode::corrupt, "lists no modules");
  layout.encoder = modules[0].folder;
  if (modules[0].kind == "StaticEmbedding") {
    layout.beginning = Beginning::static_embedding;
    return std::size_t{1};
  }
  if (modules[0].kind != "Transformer")
    return wrong(path, ErrorCode::unsupported,
                 fmt::format("begins with module \"{}\", Kindred has: Transformer, StaticEmbedding",
                             files::excerpt(modules[0].kind)));
  if (modules.size() < 2 || modules[1].kind != "Pooling")
    return wrong(path, ErrorCode::unsupported, "has no Pooling behind its Transformer");
  layout.pooling = KINDRED_TRY(Pooling::read(modules[1].folder / "config.json"));
  KINDRED_TRY(read_transformer_settings(layout));
  return std::size_t{2};
}

/// What llama.cpp makes of a GGUF file's text.
Result<Layout> read_gguf(const std::filesystem::path& path) {
  constexpr std::array<const char*, 4> kPoolings = {"", "mean", "cls", "lasttoken"};
  const auto gguf = KINDRED_TRY(files::Gguf::open(path));
  Layout layout;
  layout.encoder = path;
  layout.normalize = true;
  const auto architecture = KINDRED_TRY(gguf.text("general.architecture")).value_or("");
  const auto key = fmt::format("{}.pooling_type", architecture);
  const auto pooling = KINDRED_TRY(gguf.count(key)).value_or(0);
  if (pooling >= kPoolings.size())
    return wrong(
        path, ErrorCode::unsupported,
        fmt::format("{} is {}, Kindred has: 1 (mean), 2 (cls), 3 (lasttoken)", key, pooling));
  if (pooling == 0) {
    const auto causal = KINDRED_TRY(gguf.flag(fmt::format("{}.attention.causal", architecture)));
    layout.pooling = Pooling::of(causal.value_or(true) ? "lasttoken" : "mean");
    layout.notes.push_back(
        fmt::format("{}: says nothing of pooling, so {}", path.string(), layout.pooling.name()));
  } else {
    layout.pooling = Pooling::of(kPoolings[pooling]);
  }
  return layout;
}

}  // namespace

Result<Layout> read_layout(const std::filesystem::path& folder) {
  if (model::is_gguf(folder)) return read_gguf(folder);
  std::error_code ignored;
  if (std::filesystem::is_regular_file(folder, ignored))
    return Layout{.beginning = Beginning::word_vectors, .encoder = folder};
  if (model::Elmo::is_one(folder)) return Layout{.beginning = Beginning::elmo, .encoder = folder};
  if (tensorflow::TextModel::is_one(folder))
    return Layout{.beginning = Beginning::saved_model, .encoder = folder};
  if (KINDRED_TRY(is_model2vec(folder))) return read_model2vec(folder);
  Layout layout;
  const auto modules_path = folder / "modules.json";
  if (!has_file(modules_path)) {
    KINDRED_TRY(choose_modules(folder, layout));
    // The reference reads sentence_bert_config.json of folders with modules only.
    layout.max_tokens = KINDRED_TRY(read_tokenizer_window(layout.encoder));
    return layout;
  }
  const auto modules = KINDRED_TRY(read_modules(folder));
  const std::size_t begun = KINDRED_TRY(read_beginning(modules_path, modules, layout));
  layout.modules.assign(modules.begin() + static_cast<std::ptrdiff_t>(begun), modules.end());
  if (!layout.modules.empty() && layout.modules.back().kind == "Normalize") {
    layout.normalize = true;
    layout.modules.pop_back();
  }
  KINDRED_TRY(read_settings(folder, layout));
  return layout;
}

}  // namespace kindred::embed
