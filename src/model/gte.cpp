#include "model/gte.h"

#include <string_view>
#include <utility>

#include "model/activations.h"
#include "model/post_norm.h"
#include "model/rotary.h"

namespace kindred::model {
namespace {

/// Its up_gate_proj has the gates in its second half.
constexpr PostNormNames kLayerOfCode = {.query_key_value = {"attention.qkv_proj"},
                                        .attention_output = "attention.o_proj",
                                        .attention_norm = "attn_ln",
                                        .intermediate = {"mlp.up_gate_proj"},
                                        .output = "mlp.down_proj",
                                        .output_norm = "mlp_ln",
                                        .intermediate_bias = Bias::without};
constexpr PostNormNames kLayer = {
    .query_key_value = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"},
    .attention_output = "self_attn.o_proj",
    .attention_norm = "post_attention_layernorm",
    .intermediate = {"mlp.gate_proj", "mlp.up_proj"},
    .output = "mlp.down_proj",
    .output_norm = "post_mlp_layernorm",
    .intermediate_bias = Bias::without};

}  // namespace

Result<std::unique_ptr<const Encoder>> open_gte(const Config& config, const Weights& weights) {
  const auto model_type = KINDRED_TRY(config.text("model_type"));
  const float theta = model_type == "new" ? 10000 : 160000;
  const Weights gte = weights.below_if_there("new.").below_if_there("gte.");
  // Files of transformers have the tensors of the code, too.
  const bool of_code = gte.contains("encoder.layer.0.attention.qkv_proj.weight");
  PostNormParts parts;
  parts.shape = KINDRED_TRY(read_shape(config));
  parts.shape.types = KINDRED_TRY(config.id("type_vocab_size", 1));  // 0: it has none
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act", tensor::Activation::gelu));
  parts.gate = of_code ? tensor::GateHalf::second : tensor::GateHalf::first;
  PostNormSizes sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  sizes.gated = true;
  parts.rotary =
      KINDRED_TRY(read_rotary(config, sizes.hidden / parts.shape.heads, {.default_theta = theta}));
  KINDRED_TRY(config.require("position_embedding_type", "rope"));
  KINDRED_TRY(config.require("layer_norm_type", "layer_norm"));
  KINDRED_TRY(config.require("logn_attention_scale", false));
  KINDRED_TRY(config.require("pack_qkv", true));
  constexpr std::string_view kUnused[] = {"logn_attention_clip1", "unpad_inputs",
                                          "use_memory_efficient_attention"};
  KINDRED_TRY(config.require_known(kUnused));

  KINDRED_TRY(read_words_and_types(gte.below("embeddings."), sizes.hidden, parts));
  parts.embedding_norm = KINDRED_TRY(gte.norm("embeddings.LayerNorm", sizes.hidden, sizes.epsilon));
  KINDRED_TRY(read_layers(gte.below(of_code ? "encoder.layer." : "layers."),
                          of_code ? kLayerOfCode : kLayer, sizes, parts));
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
