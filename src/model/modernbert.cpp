#include "model/modernbert.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "model/activations.h"
#include "model/layer_kinds.h"
#include "model/pre_norm.h"
#include "model/rotary.h"
#include "model/shape.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_modernbert(const Config& config,
                                                       const Weights& weights) {
  PreNormParts parts;
  parts.shape = KINDRED_TRY(read_shape(config));
  const Shape& shape = parts.shape;
  const std::size_t width = shape.hidden / shape.heads;
  const std::size_t intermediate = KINDRED_TRY(config.count("intermediate_size"));
  const float epsilon = KINDRED_TRY(config.number("norm_eps", 1e-5F));
  parts.activation =
      KINDRED_TRY(read_activation(config, "hidden_activation", tensor::Activation::gelu));
  parts.gated = true;
  const auto bias_of = [&](std::string_view field) -> Result<Bias> {
    return KINDRED_TRY(config.flag(field, false)) ? Bias::with : Bias::without;
  };
  const Bias norm_bias = KINDRED_TRY(bias_of("norm_bias"));
  const Bias attention_bias = KINDRED_TRY(bias_of("attention_bias"));
  const Bias inner_bias = KINDRED_TRY(bias_of("mlp_bias"));
  const std::size_t window = KINDRED_TRY(config.count("local_attention", 128));
  const std::size_t period = KINDRED_TRY(config.count("global_attn_every_n_layers", 3));
  const auto kinds = KINDRED_TRY(read_layer_kinds(
      config, shape.layers, [&](std::size_t layer) { return layer % period != 0; }));
  const tensor::Rotary global = KINDRED_TRY(read_rotary(
      config, width,
      {.layers = "full_attention", .theta = "global_rope_theta", .default_theta = 160000}));
  const tensor::Rotary local = KINDRED_TRY(
      read_rotary(config, width, {.layers = "sliding_attention", .theta = "local_rope_theta"}));
  constexpr std::string_view kOfItsHeads[] = {"causal_mask",
                                              "classifier_activation",
                                              "classifier_bias",
                                              "classifier_pooling",
                                              "cls_token_id",
                                              "decoder_bias",
                                              "embedding_dropout",
                                              "deterministic_flash_attn",
                                              "initializer_cutoff_factor",
                                              "mlp_dropout",
                                              "position_embedding_type",
                                              "reference_compile",
                                              "repad_logits_with_grad",
                                              "sparse_pred_ignore_index",
                                              "sparse_prediction"};
  KINDRED_TRY(config.require_known(kOfItsHeads));

  parts.attention.push_back(
      {.attention = {.heads = shape.heads, .width = width}, .rotary = global});
  parts.attention.push_back({.attention = {.heads = shape.heads,
                                           .width = width,
                                           .behind = window / 2,
                                           .ahead = window / 2},
                             .rotary = local});

  const Weights modern = weights.below_if_there("model.");
  parts.words =
      KINDRED_TRY(modern.table("embeddings.tok_embeddings.weight", shape.vocabulary, shape.hidden));
  parts.embedding_norm =
      KINDRED_TRY(modern.norm("embeddings.norm", shape.hidden, epsilon, norm_bias));
  for (std::size_t i = 0; i < shape.layers; ++i) {
    const Weights of_layer = modern.below(fmt::format("layers.{}.", i));
    PreNormLayer layer;
    layer.attention = kinds[i] == LayerKind::local ? 1 : 0;
    if (i > 0)  // the first follows the norm of the embeddings
      layer.attention_norm =
          KINDRED_TRY(of_layer.norm("attn_norm", shape.hidden, epsilon, norm_bias));
    layer.query_key_value =
        KINDRED_TRY(of_layer.linear({"attn.Wqkv"}, 3 * shape.hidden, shape.hidden, attention_bias));
    layer.attention_output =
        KINDRED_TRY(of_layer.linear({"attn.Wo"}, shape.hidden, shape.hidden, attention_bias));
    layer.inner_norm = KINDRED_TRY(of_layer.norm("mlp_norm", shape.hidden, epsilon, norm_bias));
    layer.intermediate =
        KINDRED_TRY(of_layer.linear({"mlp.Wi"}, 2 * intermediate, shape.hidden, inner_bias));
    layer.output = KINDRED_TRY(of_layer.linear({"mlp.Wo"}, shape.hidden, intermediate, inner_bias));
    parts.layers.push_back(std::move(layer));
  }
  parts.final_norm = KINDRED_TRY(modern.norm("final_norm", shape.hidden, epsilon, norm_bias));
  parts.file = weights.file();
  return make_pre_norm(std::move(parts));
}

}  // namespace kindred::model
