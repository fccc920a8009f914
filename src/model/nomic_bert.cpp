#include "model/nomic_bert.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "model/activations.h"
#include "model/post_norm.h"
#include "model/rotary.h"

namespace kindred::model {
namespace {

constexpr PostNormNames kLayerOfCode = {.query_key_value = {"attn.Wqkv"},
                                        .attention_output = "attn.out_proj",
                                        .attention_norm = "norm1",
                                        .intermediate = {"mlp.fc12", "mlp.fc11"},
                                        .output = "mlp.fc2",
                                        .output_norm = "norm2"};
constexpr PostNormNames kLayer = {
    .query_key_value = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"},
    .attention_output = "self_attn.o_proj",
    .attention_norm = "post_attention_layernorm",
    .intermediate = {"mlp.gate_proj", "mlp.up_proj"},
    .output = "mlp.down_proj",
    .output_norm = "post_mlp_layernorm"};

Bias bias_of(bool there) { return there ? Bias::with : Bias::without; }

/// What a configuration says of the layers.
struct Layers {
  PostNormSizes sizes = {};
  Bias attention_bias = Bias::without;
  Bias intermediate_bias = Bias::without;
  Bias output_bias = Bias::without;
};

/// Of the code that came with the model.
Result<Layers> read_config_of_code(const Config& config, PostNormParts& parts) {
  Shape& shape = parts.shape;
  shape.hidden = KINDRED_TRY(config.count("n_embd"));
  shape.layers = KINDRED_TRY(config.count("n_layer"));
  shape.heads = KINDRED_TRY(config.count("n_head"));
  shape.vocabulary = KINDRED_TRY(config.count("vocab_size"));
  shape.types = KINDRED_TRY(config.count("type_vocab_size", 2));
  shape.positions = KINDRED_TRY(config.count("n_positions"));
  if (shape.hidden % shape.heads != 0)
    return config.wrong("n_head", fmt::format("a divisor of n_embd {}", shape.hidden));
  const std::size_t trained = KINDRED_TRY(config.count("max_trained_positions", shape.positions));
  if (KINDRED_TRY(config.number("rotary_scaling_factor", 0)) != 0)
    shape.positions = std::min(shape.positions, trained);
  KINDRED_TRY(config.require("activation_function", "swiglu"));
  parts.activation = tensor::Activation::silu;
  parts.rotary = KINDRED_TRY(read_rotary(config, shape.hidden / shape.heads,
                                         {.theta = "rotary_emb_base", .default_theta = 1000}));
  KINDRED_TRY(config.require("rotary_emb_fraction", 1.0));
  KINDRED_TRY(config.require("rotary_emb_interleaved", false));
  KINDRED_TRY(config.require("rotary_emb_scale_base", nullptr));
  KINDRED_TRY(config.require("prenorm", false));
  KINDRED_TRY(config.require("parallel_block", false));
  KINDRED_TRY(config.require("parallel_block_tied_norm", false));
  KINDRED_TRY(config.require("use_rms_norm", false));
  KINDRED_TRY(config.require("causal", false));
  KINDRED_TRY(config.require("scale_attn_weights", true));
  KINDRED_TRY(config.require("scale_attn_by_inverse_layer_idx", false));

  Layers layers{.sizes = {.hidden = shape.hidden, .gated = true}};
  layers.sizes.intermediate = KINDRED_TRY(config.count("n_inner", 4 * shape.hidden));
  layers.sizes.epsilon = KINDRED_TRY(config.number("layer_norm_epsilon", 1e-12F));
  layers.attention_bias = bias_of(KINDRED_TRY(config.flag("qkv_proj_bias", true)));
  layers.intermediate_bias = bias_of(KINDRED_TRY(config.flag("mlp_fc1_bias", true)));
  layers.output_bias = bias_of(KINDRED_TRY(config.flag("mlp_fc2_bias", true)));
  constexpr std::string_view kUnused[] = {"attn_pdrop",
                                          "dense_seq_output",
                                          "embd_pdrop",
                                          "fused_bias_fc",
                                          "fused_dropout_add_ln",
                                          "last_layer_subset",
                                          "pad_vocab_size_multiple",
                                          "reorder_and_upcast_attn",
                                          "resid_pdrop",
                                          "summary_activation",
                                          "summary_first_dropout",
                                          "summary_proj_to_labels",
                                          "summary_type",
                                          "summary_use_proj",
                                          "use_flash_attn",
                                          "use_xentropy"};
  KINDRED_TRY(config.require_known(kUnused));
  return layers;
}

Result<Layers> read_config(const Config& config, PostNormParts& parts) {
  parts.shape = KINDRED_TRY(read_shape(config));
  parts.shape.types = KINDRED_TRY(config.count("type_vocab_size", 2));
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act", tensor::Activation::silu));
  const std::size_t width = parts.shape.hidden / parts.shape.heads;
  KINDRED_TRY(config.require("head_dim", width));
  parts.rotary = KINDRED_TRY(read_rotary(config, width, {.default_theta = 1000}));
  Layers layers;
  layers.sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  layers.sizes.gated = true;
  KINDRED_TRY(config.require_known({}));
  return layers;
}

}  // namespace

Result<std::unique_ptr<const Encoder>> open_nomic_bert(const Config& config,
                                                       const Weights& weights) {
  PostNormParts parts;
  parts.gate = tensor::GateHalf::first;
  const Layers layers = config.contains("n_embd") ? KINDRED_TRY(read_config_of_code(config, parts))
                                                  : KINDRED_TRY(read_config(config, parts));
  const Weights nomic = weights.below_if_there("bert.").below_if_there("nomic_bert.");
  // Files of transformers have the tensors of the code, too.
  const bool of_code = nomic.contains("emb_ln.weight");
  PostNormNames names = of_code ? kLayerOfCode : kLayer;
  names.attention_bias = layers.attention_bias;
  names.intermediate_bias = layers.intermediate_bias;
  names.output_bias = layers.output_bias;

  const PostNormSizes& sizes = layers.sizes;
  KINDRED_TRY(read_words_and_types(nomic.below("embeddings."), sizes.hidden, parts));
  parts.embedding_norm = KINDRED_TRY(
      nomic.norm(of_code ? "emb_ln" : "embeddings.LayerNorm", sizes.hidden, sizes.epsilon));
  KINDRED_TRY(
      read_layers(nomic.below(of_code ? "encoder.layers." : "layers."), names, sizes, parts));
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
