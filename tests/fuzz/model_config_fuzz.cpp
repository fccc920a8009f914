/// Any bytes as the config.json of a model whose weights are sound: an error of one line, or an
/// encoder that can be run.
///
/// The weights are those of the tiny models of the golden fixtures, by the "model_type" that the
/// bytes say: what a configuration says beside that may contradict them in every way.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "model/encoder.h"

namespace {

namespace fs = std::filesystem;

struct Fixture {
  std::string_view model_type;
  std::string_view folder;
};
constexpr std::array kFixtures = {
    Fixture{"albert", "albert"},
    Fixture{"bert", "bert_head"},
    Fixture{"camembert", "camembert"},
    Fixture{"deberta-v2", "deberta_v3"},
    Fixture{"distilbert", "distilbert"},
    Fixture{"electra", "electra"},
    Fixture{"gemma3_text", "gemma3"},
    Fixture{"gpt2", "gpt2"},
    Fixture{"gte", "gte"},
    Fixture{"llama", "llama"},
    Fixture{"mistral", "mistral"},
    Fixture{"modernbert", "modernbert"},
    Fixture{"mpnet", "mpnet"},
    Fixture{"new", "gte"},
    Fixture{"nomic_bert", "nomic_bert"},
    Fixture{"qwen2", "qwen2"},
    Fixture{"qwen3", "qwen3"},
    Fixture{"roberta", "roberta"},
    Fixture{"t5", "t5"},
    Fixture{"xlm-roberta", "xlm_roberta"},
};

/// A folder of this process, whose weights are links to a fixture's.
const fs::path& folder_of(const Fixture& fixture) {
  static const fs::path root =
      fs::temp_directory_path() / ("kindred_fuzz_config_" + std::to_string(::getpid()));
  static fs::path folder;
  folder = root / fixture.folder;
  if (!fs::exists(folder)) {
    static const bool removed = std::atexit([] { fs::remove_all(root); }) == 0;
    fs::create_directories(folder);
    fs::create_symlink(
        fs::path(KINDRED_FIXTURES) / "encoders" / fixture.folder / "model.safetensors",
        folder / "model.safetensors");
    if (!removed) std::abort();
  }
  return folder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto type = config.is_object() ? config.find("model_type") : config.end();
  const bool says = config.is_object() && type != config.end() && type->is_string();
  const auto* fixture = kFixtures.data();
  if (says)
    for (const Fixture& one : kFixtures)
      if (one.model_type == type->get_ref<const std::string&>()) fixture = &one;
  const fs::path& folder = folder_of(*fixture);
  std::ofstream(folder / "config.json", std::ios::binary) << text;
  const auto model = kindred::model::open_encoder(folder);
  if (!model) {
    if (model.error().message.empty() || model.error().message.contains('\n')) std::abort();
    return 0;
  }
  const std::array<std::uint32_t, 2> ids = {0, 0};
  const std::array<std::uint32_t, 2> type_ids = {0, 0};
  const std::size_t length = std::min<std::size_t>(2, model->encoder->shape().positions);
  const std::array<std::size_t, 2> starts = {0, length};
  kindred::tensor::Workspace workspace;
  const auto hidden =
      model->encoder->forward(workspace, {.ids = std::span(ids).first(length),
                                          .type_ids = std::span(type_ids).first(length),
                                          .starts = starts});
  return hidden.rows() == length ? 0 : -1;
}
