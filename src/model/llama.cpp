#include "model/llama.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "model/activations.h"
#include "model/layer_kinds.h"
#include "model/pre_norm.h"
#include "model/rotary.h"

namespace kindred::model {
namespace {

/// In what the members of the family differ.
struct Member {
  Bias attention_bias = Bias::without;
  Bias attention_output_bias = Bias::without;
  Bias inner_bias = Bias::without;
  bool head_norms = false;
  std::size_t window = 0;        ///< tokens that one attends to in local layers, itself counted
  std::vector<LayerKind> kinds;  ///< of the layers; none: all are global
};

Bias bias_of(bool there) { return there ? Bias::with : Bias::without; }

Result<std::unique_ptr<const Encoder>> open(const Config& config, const Weights& weights,
                                            const Member& member) {
  PreNormParts parts;
  Shape& shape = parts.shape;
  shape.hidden = KINDRED_TRY(config.count("hidden_size"));
  shape.layers = KINDRED_TRY(config.count("num_hidden_layers"));
  shape.heads = KINDRED_TRY(config.count("num_attention_heads"));
  shape.vocabulary = KINDRED_TRY(config.count("vocab_size"));
  shape.positions = KINDRED_TRY(config.count("max_position_embeddings"));
  const std::size_t intermediate = KINDRED_TRY(config.count("intermediate_size"));
  const std::size_t key_heads = KINDRED_TRY(config.count("num_key_value_heads", shape.heads));
  if (shape.heads % key_heads != 0)
    return config.wrong("num_key_value_heads",
                        fmt::format("a divisor of num_attention_heads {}", shape.heads));
  const std::size_t default_width = shape.hidden / shape.heads;
  if (!config.contains("head_dim") && shape.hidden % shape.heads != 0)
    return config.wrong("num_attention_heads",
                        fmt::format("a divisor of hidden_size {}", shape.hidden));
  const std::size_t width = KINDRED_TRY(config.count("head_dim", default_width));
  const float epsilon = KINDRED_TRY(config.number("rms_norm_eps", 1e-6F));
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act", tensor::Activation::silu));
  parts.gated = true;
  const bool causal = KINDRED_TRY(config.flag("is_causal", true));
  const tensor::Rotary rotary = KINDRED_TRY(read_rotary(config, width));
  constexpr std::string_view kUnused[] = {"pretraining_tp"};
  KINDRED_TRY(config.require_known(kUnused));

  const tensor::Attention everywhere{.heads = shape.heads,
                                     .width = width,
                                     .key_heads = key_heads,
                                     .ahead = causal ? 0 : tensor::Attention::kAll};
  parts.attention.push_back({.attention = everywhere, .rotary = rotary});
  if (!member.kinds.empty()) {
    parts.attention.push_back(parts.attention.front());
    parts.attention.back().attention.behind = member.window - 1;
  }

  const Weights llama = weights.below_if_there("model.");
  parts.words = KINDRED_TRY(llama.table("embed_tokens.weight", shape.vocabulary, shape.hidden));
  for (std::size_t i = 0; i < shape.layers; ++i) {
    const Weights of_layer = llama.below(fmt::format("layers.{}.", i));
    PreNormLayer layer;
    layer.attention = !member.kinds.empty() && member.kinds[i] == LayerKind::local ? 1 : 0;
    layer.attention_norm = KINDRED_TRY(of_layer.rms_norm("input_layernorm", shape.hidden, epsilon));
    const NamedLinear query_key_value[] = {{"self_attn.q_proj", shape.heads * width},
                                           {"self_attn.k_proj", key_heads * width},
                                           {"self_attn.v_proj", key_heads * width}};
    layer.query_key_value =
        KINDRED_TRY(of_layer.linear(query_key_value, shape.hidden, member.attention_bias));
    if (member.head_norms) {
      layer.query_norm = KINDRED_TRY(of_layer.rms_norm("self_attn.q_norm", width, epsilon));
      layer.key_norm = KINDRED_TRY(of_layer.rms_norm("self_attn.k_norm", width, epsilon));
    }
    layer.attention_output = KINDRED_TRY(of_layer.linear(
        {"self_attn.o_proj"}, shape.hidden, shape.heads * width, member.attention_output_bias));
    layer.inner_norm =
        KINDRED_TRY(of_layer.rms_norm("post_attention_layernorm", shape.hidden, epsilon));
    layer.intermediate = KINDRED_TRY(of_layer.linear({"mlp.gate_proj", "mlp.up_proj"}, intermediate,
                                                     shape.hidden, member.inner_bias));
    layer.output = KINDRED_TRY(
        of_layer.linear({"mlp.down_proj"}, shape.hidden, intermediate, member.inner_bias));
    parts.layers.push_back(std::move(layer));
  }
  parts.final_norm = KINDRED_TRY(llama.rms_norm("norm", shape.hidden, epsilon));
  parts.file = weights.file();
  return make_pre_norm(std::move(parts));
}

/// Sets Qwen's windows, where they are used.
Result<void> read_windows(const Config& config, Member& member) {
  const bool used = KINDRED_TRY(config.flag("use_sliding_window", false));
  const std::size_t window = KINDRED_TRY(config.count("sliding_window", 4096));
  const std::size_t layers = KINDRED_TRY(config.count("num_hidden_layers"));
  const std::size_t first = KINDRED_TRY(config.id("max_window_layers", 28));
  auto kinds = KINDRED_TRY(
      read_layer_kinds(config, layers, [&](std::size_t layer) { return layer >= first; }));
  if (!used) return {};
  member.window = window;
  member.kinds = std::move(kinds);
  return {};
}

}  // namespace

Result<std::unique_ptr<const Encoder>> open_llama(const Config& config, const Weights& weights) {
  const Bias attention_bias = bias_of(KINDRED_TRY(config.flag("attention_bias", false)));
  const Bias inner_bias = bias_of(KINDRED_TRY(config.flag("mlp_bias", false)));
  return open(config, weights,
              {.attention_bias = attention_bias,
               .attention_output_bias = attention_bias,
               .inner_bias = inner_bias});
}

Result<std::unique_ptr<const Encoder>> open_mistral(const Config& config, const Weights& weights) {
  Member member;
  if (const auto window = KINDRED_TRY(config.optional_count("sliding_window"))) {
    member.window = *window;
    const std::size_t layers = KINDRED_TRY(config.count("num_hidden_layers"));
    member.kinds.assign(layers, LayerKind::local);
  }
  return open(config, weights, member);
}

Result<std::unique_ptr<const Encoder>> open_qwen2(const Config& config, const Weights& weights) {
  Member member{.attention_bias = Bias::with};
  KINDRED_TRY(read_windows(config, member));
  return open(config, weights, member);
}

Result<std::unique_ptr<const Encoder>> open_qwen3(const Config& config, const Weights& weights) {
  const Bias attention_bias = bias_of(KINDRED_TRY(config.flag("attention_bias", false)));
  Member member{.attention_bias = attention_bias,
                .attention_output_bias = attention_bias,
                .head_norms = true};
  KINDRED_TRY(read_windows(config, member));
  return open(config, weights, member);
}

}  // namespace kindred::model
