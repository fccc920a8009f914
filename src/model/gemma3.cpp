#include "model/gemma3.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <utility>

#include "model/activations.h"
#include "model/layer_kinds.h"
#include "model/pre_norm.h"
#include "model/rotary.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_gemma3(const Config& config, const Weights& weights) {
  PreNormParts parts;
  Shape& shape = parts.shape;
  shape.hidden = KINDRED_TRY(config.count("hidden_size"));
  shape.layers = KINDRED_TRY(config.count("num_hidden_layers"));
  shape.heads = KINDRED_TRY(config.count("num_attention_heads"));
  shape.vocabulary = KINDRED_TRY(config.count("vocab_size", 262208));
  shape.positions = KINDRED_TRY(config.count("max_position_embeddings", 131072));
  const std::size_t intermediate = KINDRED_TRY(config.count("intermediate_size"));
  const std::size_t key_heads = KINDRED_TRY(config.count("num_key_value_heads", 4));
  if (shape.heads % key_heads != 0)
    return config.wrong("num_key_value_heads",
                        fmt::format("a divisor of num_attention_heads {}", shape.heads));
  const std::size_t width = KINDRED_TRY(config.count("head_dim", 256));
  const float epsilon = KINDRED_TRY(config.number("rms_norm_eps", 1e-6F));
  const float scalar = KINDRED_TRY(config.number("query_pre_attn_scalar", 256));
  if (!(scalar > 0)) return config.wrong("query_pre_attn_scalar", "a number above 0");
  parts.activation =
      KINDRED_TRY(read_activation(config, "hidden_activation", tensor::Activation::gelu_tanh));
  parts.gated = true;
  const bool both_ways = KINDRED_TRY(config.flag("use_bidirectional_attention", false));
  const std::size_t window = KINDRED_TRY(config.count("sliding_window", 4096));
  std::size_t period = KINDRED_TRY(config.count("sliding_window_pattern", 6));
  period = KINDRED_TRY(config.count("_sliding_window_pattern", period));
  const auto kinds = KINDRED_TRY(read_layer_kinds(
      config, shape.layers, [&](std::size_t layer) { return (layer + 1) % period != 0; }));
  const Bias bias = KINDRED_TRY(config.flag("attention_bias", false)) ? Bias::with : Bias::without;
  KINDRED_TRY(config.require("attn_logit_softcapping", nullptr));
  const tensor::Rotary global =
      KINDRED_TRY(read_rotary(config, width, {.layers = "full_attention", .default_theta = 1e6F}));
  const tensor::Rotary local = KINDRED_TRY(read_rotary(
      config, width,
      {.layers = "sliding_attention", .theta = "rope_local_base_freq", .scaled = false}));
  constexpr std::string_view kOfItsHead[] = {"final_logit_softcapping"};
  KINDRED_TRY(config.require_known(kOfItsHead));

  tensor::Attention attention{.heads = shape.heads,
                              .width = width,
                              .key_heads = key_heads,
                              .scale = 1 / std::sqrt(scalar),
                              .ahead = both_ways ? tensor::Attention::kAll : 0};
  parts.attention.push_back({.attention = attention, .rotary = global});
  attention.behind = both_ways ? window / 2 : window - 1;
  attention.ahead = both_ways ? window / 2 : 0;
  parts.attention.push_back({.attention = attention, .rotary = local});
  parts.embedding_scale = std::sqrt(static_cast<float>(shape.hidden));

  const Weights gemma = weights.below_if_there("model.");
  // The files hold how far gains are from 1.
  const auto norm = [&](const Weights& of, std::string_view name, std::size_t size) {
    return of.rms_norm(name, size, epsilon, 1);
  };
  parts.words = KINDRED_TRY(gemma.table("embed_tokens.weight", shape.vocabulary, shape.hidden));
  for (std::size_t i = 0; i < shape.layers; ++i) {
    const Weights of_layer = gemma.below(fmt::format("layers.{}.", i));
    PreNormLayer layer;
    layer.attention = kinds[i] == LayerKind::local ? 1 : 0;
    layer.attention_norm = KINDRED_TRY(norm(of_layer, "input_layernorm", shape.hidden));
    const NamedLinear query_key_value[] = {{"self_attn.q_proj", shape.heads * width},
                                           {"self_attn.k_proj", key_heads * width},
                                           {"self_attn.v_proj", key_heads * width}};
    layer.query_key_value = KINDRED_TRY(of_layer.linear(query_key_value, shape.hidden, bias));
    layer.query_norm = KINDRED_TRY(norm(of_layer, "self_attn.q_norm", width));
    layer.key_norm = KINDRED_TRY(norm(of_layer, "self_attn.k_norm", width));
    layer.attention_output =
        KINDRED_TRY(of_layer.linear({"self_attn.o_proj"}, shape.hidden, shape.heads * width, bias));
    layer.attention_output_norm =
        KINDRED_TRY(norm(of_layer, "post_attention_layernorm", shape.hidden));
    layer.inner_norm = KINDRED_TRY(norm(of_layer, "pre_feedforward_layernorm", shape.hidden));
    layer.intermediate = KINDRED_TRY(of_layer.linear({"mlp.gate_proj", "mlp.up_proj"}, intermediate,
                                                     shape.hidden, Bias::without));
    layer.output =
        KINDRED_TRY(of_layer.linear({"mlp.down_proj"}, shape.hidden, intermediate, Bias::without));
    layer.output_norm = KINDRED_TRY(norm(of_layer, "post_feedforward_layernorm", shape.hidden));
    parts.layers.push_back(std::move(layer));
  }
  parts.final_norm = KINDRED_TRY(norm(gemma, "norm", shape.hidden));
  parts.file = weights.file();
  return make_pre_norm(std::move(parts));
}

}  // namespace kindred::model
