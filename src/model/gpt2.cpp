#include "model/gpt2.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "model/activations.h"
#include "model/pre_norm.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_gpt2(const Config& config, const Weights& weights) {
  PreNormParts parts;
  Shape& shape = parts.shape;
  shape.hidden = KINDRED_TRY(config.count("n_embd"));
  shape.layers = KINDRED_TRY(config.count("n_layer"));
  shape.heads = KINDRED_TRY(config.count("n_head"));
  shape.vocabulary = KINDRED_TRY(config.count("vocab_size"));
  shape.positions = KINDRED_TRY(config.count("n_positions", 1024));
  if (shape.hidden % shape.heads != 0)
    return config.wrong("n_head", fmt::format("a divisor of n_embd {}", shape.hidden));
  const std::size_t intermediate = KINDRED_TRY(config.count("n_inner", 4 * shape.hidden));
  const float epsilon = KINDRED_TRY(config.number("layer_norm_epsilon", 1e-5F));
  parts.activation =
      KINDRED_TRY(read_activation(config, "activation_function", tensor::Activation::gelu_tanh));
  KINDRED_TRY(config.require("scale_attn_weights", true));
  KINDRED_TRY(config.require("scale_attn_by_inverse_layer_idx", false));
  KINDRED_TRY(config.require("add_cross_attention", false));
  constexpr std::string_view kUnused[] = {"attn_pdrop",
                                          "embd_pdrop",
                                          "n_ctx",
                                          "reorder_and_upcast_attn",
                                          "resid_pdrop",
                                          "summary_activation",
                                          "summary_first_dropout",
                                          "summary_proj_to_labels",
                                          "summary_type",
                                          "summary_use_proj"};
  KINDRED_TRY(config.require_known(kUnused));
  parts.attention.push_back(
      {.attention = {.heads = shape.heads, .width = shape.hidden / shape.heads, .ahead = 0}});

  const Weights gpt = weights.below_if_there("transformer.");
  parts.words = KINDRED_TRY(gpt.table("wte.weight", shape.vocabulary, shape.hidden));
  parts.positions = KINDRED_TRY(gpt.table("wpe.weight", shape.positions, shape.hidden));
  for (std::size_t i = 0; i < shape.layers; ++i) {
    const Weights of_layer = gpt.below(fmt::format("h.{}.", i));
    PreNormLayer layer;
    layer.attention_norm = KINDRED_TRY(of_layer.norm("ln_1", shape.hidden, epsilon));
    layer.query_key_value =
        KINDRED_TRY(of_layer.transposed_linear("attn.c_attn", 3 * shape.hidden, shape.hidden));
    layer.attention_output =
        KINDRED_TRY(of_layer.transposed_linear("attn.c_proj", shape.hidden, shape.hidden));
    layer.inner_norm = KINDRED_TRY(of_layer.norm("ln_2", shape.hidden, epsilon));
    layer.intermediate =
        KINDRED_TRY(of_layer.transposed_linear("mlp.c_fc", intermediate, shape.hidden));
    layer.output =
        KINDRED_TRY(of_layer.transposed_linear("mlp.c_proj", shape.hidden, intermediate));
    parts.layers.push_back(std::move(layer));
  }
  parts.final_norm = KINDRED_TRY(gpt.norm("ln_f", shape.hidden, epsilon));
  parts.file = weights.file();
  return make_pre_norm(std::move(parts));
}

}  // namespace kindred::model
