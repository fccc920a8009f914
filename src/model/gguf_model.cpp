#include "model/gguf_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

#include "base/listed.h"
#include "files/excerpt.h"
#include "files/gguf.h"

namespace kindred::model {
namespace {

using files::Gguf;
using files::StoredTensor;
using nlohmann::json;

/// What a tensor is called, without ".weight" and ".bias"; those of layers behind "blk.N.".
struct TensorName {
  std::string_view gguf;
  std::string_view hugging_face;
};

using ReadConfig = Result<json> (*)(const Gguf& gguf, std::string_view prefix);

/// A row of the table of architectures.
struct Architecture {
  std::string_view name;
  ReadConfig config;
  std::span<const TensorName> tensors;
  std::string_view layers;  ///< what stands before the number of a layer, and a dot behind it
  std::span<const TensorName> of_layers;
  bool turns_neighbours = false;  ///< the rows of queries and keys are in llama.cpp's order
};

constexpr TensorName kBertTensors[] = {
    {"token_embd", "embeddings.word_embeddings"},
    {"position_embd", "embeddings.position_embeddings"},
    {"token_types", "embeddings.token_type_embeddings"},
    {"token_embd_norm", "embeddings.LayerNorm"},
};
constexpr TensorName kBertLayer[] = {
    {"attn_q", "attention.self.query"},
    {"attn_k", "attention.self.key"},
    {"attn_v", "attention.self.value"},
    {"attn_output", "attention.output.dense"},
    {"attn_output_norm", "attention.output.LayerNorm"},
    {"ffn_up", "intermediate.dense"},
    {"ffn_down", "output.dense"},
    {"layer_output_norm", "output.LayerNorm"},
};

constexpr TensorName kNomicTensors[] = {
    {"token_embd", "embeddings.word_embeddings"},
    {"token_types", "embeddings.token_type_embeddings"},
    {"token_embd_norm", "emb_ln"},
};
constexpr TensorName kNomicLayer[] = {
    {"attn_qkv", "attn.Wqkv"},      {"attn_output", "attn.out_proj"}, {"attn_output_norm", "norm1"},
    {"ffn_up", "mlp.fc11"},         {"ffn_gate", "mlp.fc12"},         {"ffn_down", "mlp.fc2"},
    {"layer_output_norm", "norm2"},
};

constexpr TensorName kLlamaTensors[] = {
    {"token_embd", "embed_tokens"},
    {"output_norm", "norm"},
};
constexpr TensorName kLlamaLayer[] = {
    {"attn_norm", "input_layernorm"},    {"attn_q", "self_attn.q_proj"},
    {"attn_k", "self_attn.k_proj"},      {"attn_v", "self_attn.v_proj"},
    {"attn_q_norm", "self_attn.q_norm"}, {"attn_k_norm", "self_attn.k_norm"},
    {"attn_output", "self_attn.o_proj"}, {"ffn_norm", "post_attention_layernorm"},
    {"ffn_gate", "mlp.gate_proj"},       {"ffn_up", "mlp.up_proj"},
    {"ffn_down", "mlp.down_proj"},
};

/// The values of an architecture, whose names begin with its own.
class Values {
 public:
  Values(const Gguf& gguf, std::string_view prefix) : gguf_(gguf), prefix_(prefix) {}

  Result<std::uint64_t> count(std::string_view name) const {
    const auto full = full_name(name);
    const auto found = KINDRED_TRY(gguf_.count(full));
    if (!found) return gguf_.wrong(full, "a whole number");
    return *found;
  }
  Result<std::uint64_t> count(std::string_view name, std::uint64_t otherwise) const {
    return KINDRED_TRY(gguf_.count(full_name(name))).value_or(otherwise);
  }
  Result<double> number(std::string_view name) const {
    const auto full = full_name(name);
    const auto found = KINDRED_TRY(gguf_.number(full));
    if (!found) return gguf_.wrong(full, "a number");
    return *found;
  }
  Result<double> number(std::string_view name, double otherwise) const {
    return KINDRED_TRY(gguf_.number(full_name(name))).value_or(otherwise);
  }
  Result<bool> flag(std::string_view name, bool otherwise) const {
    return KINDRED_TRY(gguf_.flag(full_name(name))).value_or(otherwise);
  }
  Result<std::string> text(std::string_view name, std::string_view otherwise) const {
    return std::string(KINDRED_TRY(gguf_.text(full_name(name))).value_or(otherwise));
  }

 private:
  std::string full_name(std::string_view name) const { return fmt::format("{}.{}", prefix_, name); }

  const Gguf& gguf_;
  std::string_view prefix_;
};

/// Rows of a tensor that every model has.
Result<std::uint64_t> rows_of(const Gguf& gguf, std::string_view tensor) {
  const StoredTensor* found = gguf.find(tensor);
  if (found == nullptr || found->shape.size() != 2)
    return gguf.wrong(tensor, "a tensor of two axes");
  return found->shape[0];
}

/// `type` comes of the numbers of rows of "token_types", which models without types lack.
Result<std::uint64_t> types_of(const Gguf& gguf) {
  return gguf.find("token_types.weight") == nullptr ? 0 : rows_of(gguf, "token_types.weight");
}

/// A scale of positions, or nothing.
Result<json> rope_scaling_of(const Values& values) {
  const auto kind = KINDRED_TRY(values.text("rope.scaling.type", "none"));
  if (kind == "none") return nullptr;
  const double factor = KINDRED_TRY(values.number("rope.scaling.factor"));
  json scaling = {{"rope_type", kind}, {"factor", factor}};
  if (kind == "yarn")
    scaling["original_max_position_embeddings"] =
        KINDRED_TRY(values.count("rope.scaling.original_context_length"));
  return scaling;
}

Result<json> read_bert(const Gguf& gguf, std::string_view prefix) {
  const Values values(gguf, prefix);
  json config = {{"model_type", "bert"}, {"hidden_act", "gelu"}};
  config["hidden_size"] = KINDRED_TRY(values.count("embedding_length"));
  config["num_hidden_layers"] = KINDRED_TRY(values.count("block_count"));
  config["num_attention_heads"] = KINDRED_TRY(values.count("attention.head_count"));
  config["intermediate_size"] = KINDRED_TRY(values.count("feed_forward_length"));
  config["layer_norm_eps"] = KINDRED_TRY(values.number("attention.layer_norm_epsilon"));
  config["vocab_size"] = KINDRED_TRY(rows_of(gguf, "token_embd.weight"));
  config["type_vocab_size"] = KINDRED_TRY(types_of(gguf));
  // RoBERTa's table of positions comes without the rows that it skips.
  config["max_position_embeddings"] = KINDRED_TRY(rows_of(gguf, "position_embd.weight"));
  return config;
}

Result<json> read_nomic_bert(const Gguf& gguf, std::string_view prefix) {
  const Values values(gguf, prefix);
  json config = {{"model_type", "nomic_bert"}, {"activation_function", "swiglu"}};
  config["n_embd"] = KINDRED_TRY(values.count("embedding_length"));
  config["n_layer"] = KINDRED_TRY(values.count("block_count"));
  config["n_head"] = KINDRED_TRY(values.count("attention.head_count"));
  config["n_inner"] = KINDRED_TRY(values.count("feed_forward_length"));
  config["n_positions"] = KINDRED_TRY(values.count("context_length"));
  config["layer_norm_epsilon"] = KINDRED_TRY(values.number("attention.layer_norm_epsilon"));
  config["rotary_emb_base"] = KINDRED_TRY(values.number("rope.freq_base"));
  config["rotary_emb_fraction"] = 1.0;
  config["vocab_size"] = KINDRED_TRY(rows_of(gguf, "token_embd.weight"));
  config["type_vocab_size"] = KINDRED_TRY(types_of(gguf));
  for (const auto& [field, tensor] : {std::pair("qkv_proj_bias", "blk.0.attn_qkv.bias"),
                                      std::pair("mlp_fc1_bias", "blk.0.ffn_up.bias"),
                                      std::pair("mlp_fc2_bias", "blk.0.ffn_down.bias")})
    config[field] = gguf.find(tensor) != nullptr;
  return config;
}

/// Llama and its kin, in the words of Llama's configuration.
Result<json> read_llama_kind(const Gguf& gguf, std::string_view prefix, std::string_view type) {
  if (gguf.find("rope_freqs.weight") != nullptr)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: scales the turns of positions by the tensor rope_freqs, which "
                            "Kindred doesn't have",
                            gguf.name()));
  const Values values(gguf, prefix);
  json config = {{"model_type", type}, {"hidden_act", "silu"}};
  const auto heads = KINDRED_TRY(values.count("attention.head_count"));
  config["num_attention_heads"] = heads;
  config["hidden_size"] = KINDRED_TRY(values.count("embedding_length"));
  config["num_hidden_layers"] = KINDRED_TRY(values.count("block_count"));
  config["num_key_value_heads"] = KINDRED_TRY(values.count("attention.head_count_kv", heads));
  config["intermediate_size"] = KINDRED_TRY(values.count("feed_forward_length"));
  config["max_position_embeddings"] = KINDRED_TRY(values.count("context_length"));
  config["rms_norm_eps"] = KINDRED_TRY(values.number("attention.layer_norm_rms_epsilon"));
  config["rope_theta"] = KINDRED_TRY(values.number("rope.freq_base", 10000));
  config["vocab_size"] = KINDRED_TRY(rows_of(gguf, "token_embd.weight"));
  const auto default_width = heads == 0 ? 0 : config["hidden_size"].get<std::uint64_t>() / heads;
  const auto turned = KINDRED_TRY(values.count("rope.dimension_count", default_width));
  const auto width = KINDRED_TRY(values.count("attention.key_length", turned));
  if (width != turned)
    return gguf.wrong(fmt::format("{}.rope.dimension_count", prefix),
                      fmt::format("the width of heads {}", width));
  config["head_dim"] = width;
  config["is_causal"] = KINDRED_TRY(values.flag("attention.causal", true));
  if (json scaling = KINDRED_TRY(rope_scaling_of(values)); !scaling.is_null())
    config["rope_scaling"] = std::move(scaling);
  return config;
}

Result<json> read_llama(const Gguf& gguf, std::string_view prefix) {
  json config = KINDRED_TRY(read_llama_kind(gguf, prefix, "llama"));
  config["attention_bias"] = gguf.find("blk.0.attn_q.bias") != nullptr;
  config["mlp_bias"] = gguf.find("blk.0.ffn_up.bias") != nullptr;
  return config;
}

Result<json> read_qwen2(const Gguf& gguf, std::string_view prefix) {
  return read_llama_kind(gguf, prefix, "qwen2");
}

Result<json> read_qwen3(const Gguf& gguf, std::string_view prefix) {
  json config = KINDRED_TRY(read_llama_kind(gguf, prefix, "qwen3"));
  config["attention_bias"] = gguf.find("blk.0.attn_q.bias") != nullptr;
  return config;
}

constexpr std::array kArchitectures = {
    Architecture{"bert", read_bert, kBertTensors, "encoder.layer.", kBertLayer},
    Architecture{"llama", read_llama, kLlamaTensors, "layers.", kLlamaLayer,
                 /*turns_neighbours=*/true},
    Architecture{"nomic-bert", read_nomic_bert, kNomicTensors, "encoder.layers.", kNomicLayer},
    Architecture{"qwen2", read_qwen2, kLlamaTensors, "layers.", kLlamaLayer},
    Architecture{"qwen3", read_qwen3, kLlamaTensors, "layers.", kLlamaLayer},
};

Result<const Architecture*> find_architecture(const Gguf& gguf) {
  const auto name = KINDRED_TRY(gguf.text("general.architecture"));
  if (!name) return gguf.wrong("general.architecture", "a text");
  const auto* found = std::ranges::find(kArchitectures, *name, &Architecture::name);
  if (found != kArchitectures.end()) return found;
  return fail(
      ErrorCode::unsupported,
      fmt::format("{}: general.architecture is \"{}\", Kindred has: {}", gguf.name(),
                  files::excerpt(*name), base::listed(kArchitectures, &Architecture::name)));
}

/// The stem of a tensor's name that a table has, and what stands behind it: ".weight".
std::optional<std::string> renamed(std::string_view name, std::span<const TensorName> table) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto found = std::ranges::find(table, name.substr(0, dot), &TensorName::gguf);
  if (found == table.end()) return std::nullopt;
  return fmt::format("{}{}", found->hugging_face, name.substr(dot));
}

/// A tensor's name in Hugging Face's folder; nothing where no family asks for it.
std::optional<std::string> renamed(std::string_view name, const Architecture& architecture) {
  constexpr std::string_view kLayer = "blk.";
  if (!name.starts_with(kLayer)) return renamed(name, architecture.tensors);
  name.remove_prefix(kLayer.size());
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto rest = renamed(name.substr(dot + 1), architecture.of_layers);
  if (!rest) return std::nullopt;
  return fmt::format("{}{}.{}", architecture.layers, name.substr(0, dot), *rest);
}

class GgufWeights final : public files::TensorSource {
 public:
  static Result<std::unique_ptr<const GgufWeights>> open(const std::filesystem::path& path) {
    auto weights = std::make_unique<GgufWeights>(KINDRED_TRY(Gguf::open(path)));
    const Architecture* architecture = KINDRED_TRY(find_architecture(weights->file_));
    for (const StoredTensor& tensor : weights->file_.tensors()) {
      auto name = renamed(tensor.name, *architecture);
      if (!name) continue;
      StoredTensor copy = tensor;
      copy.name = std::move(*name);
      weights->tensors_.push_back(std::move(copy));
    }
    std::ranges::sort(weights->tensors_, {}, &StoredTensor::name);
    if (architecture->turns_neighbours) KINDRED_TRY(weights->turn_halves());
    return weights;
  }

  explicit GgufWeights(Gguf file) : file_(std::move(file)) {}
  std::span<const StoredTensor> tensors() const override { return tensors_; }
  std::vector<std::span<const std::byte>> contents() const override { return file_.contents(); }

 private:
  /// Puts the rows of queries and keys into the order in which a head's first half turns with its
  /// second.
  Result<void> turn_halves() {
    const auto heads = KINDRED_TRY(file_.count("llama.attention.head_count"));
    const auto key_heads = KINDRED_TRY(file_.count("llama.attention.head_count_kv"));
    for (StoredTensor& tensor : tensors_) {
      const bool query = tensor.name.find(".self_attn.q_proj.") != std::string::npos;
      const bool key = tensor.name.find(".self_attn.k_proj.") != std::string::npos;
      if (!query && !key) continue;
      const std::uint64_t count = (query ? heads : key_heads ? key_heads : heads).value_or(0);
      const std::size_t rows = tensor.shape.empty() ? 0 : tensor.shape[0];
      if (count == 0 || rows % count != 0 || rows / count % 2 != 0)
        return file_.wrong("llama.attention.head_count",
                           fmt::format("a number of heads that {} rows are made of", rows));
      const std::size_t row_bytes = rows == 0 ? 0 : tensor.bytes.size() / rows;
      auto& turned = turned_.emplace_back(tensor.bytes.size());
      const std::size_t width = rows / count;
      for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t place = row % width;
        const std::size_t to = row - place + place % 2 * (width / 2) + place / 2;
        std::ranges::copy(tensor.bytes.subspan(row * row_bytes, row_bytes),
                          turned.begin() + static_cast<std::ptrdiff_t>(to * row_bytes));
      }
      tensor.bytes = turned;
    }
    return {};
  }

  Gguf file_;
  std::vector<StoredTensor> tensors_;
  std::deque<std::vector<std::byte>> turned_;
};

}  // namespace

bool is_gguf(const std::filesystem::path& path) {
  std::error_code ignored;
  return path.extension() == ".gguf" && !std::filesystem::is_directory(path, ignored);
}

Result<Config> read_gguf_config(const std::filesystem::path& path) {
  const Gguf gguf = KINDRED_TRY(Gguf::open(path));
  const Architecture* architecture = KINDRED_TRY(find_architecture(gguf));
  return Config::of(path, KINDRED_TRY(architecture->config(gguf, architecture->name)));
}

Result<WeightsFile> open_gguf_weights(const std::filesystem::path& path) {
  return WeightsFile(KINDRED_TRY(GgufWeights::open(path)));
}

Result<Config> read_model_config(const std::filesystem::path& model) {
  return is_gguf(model) ? read_gguf_config(model) : Config::read(model / "config.json");
}

}  // namespace kindred::model
