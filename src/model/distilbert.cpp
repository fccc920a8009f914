#include "model/distilbert.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "model/activations.h"
#include "model/post_norm.h"

namespace kindred::model {
namespace {

constexpr PostNormNames kLayer = {
    .query_key_value = {"attention.q_lin", "attention.k_lin", "attention.v_lin"},
    .attention_output = "attention.out_lin",
    .attention_norm = "sa_layer_norm",
    .intermediate = {"ffn.lin1"},
    .output = "ffn.lin2",
    .output_norm = "output_layer_norm"};

}  // namespace

Result<std::unique_ptr<const Encoder>> open_distilbert(const Config& config,
                                                       const Weights& weights) {
  KINDRED_TRY(require_plain_encoder(config));
  PostNormParts parts;
  Shape& shape = parts.shape;
  shape.hidden = KINDRED_TRY(config.count("dim"));
  shape.layers = KINDRED_TRY(config.count("n_layers"));
  shape.heads = KINDRED_TRY(config.count("n_heads"));
  shape.vocabulary = KINDRED_TRY(config.count("vocab_size"));
  shape.positions = KINDRED_TRY(config.count("max_position_embeddings"));
  if (shape.hidden % shape.heads != 0)
    return config.wrong("n_heads", fmt::format("a divisor of dim {}", shape.hidden));
  parts.activation = KINDRED_TRY(read_activation(config, "activation"));
  PostNormSizes sizes{.hidden = shape.hidden, .intermediate = 0, .epsilon = 1e-12F};
  sizes.intermediate = KINDRED_TRY(config.count("hidden_dim"));
  constexpr std::string_view kOfItsHeads[] = {"qa_dropout", "seq_classif_dropout",
                                              "sinusoidal_pos_embds", "tie_weights_"};
  KINDRED_TRY(config.require_known(kOfItsHeads));

  const Weights distilbert = weights.below_if_there("distilbert.");
  KINDRED_TRY(
      read_bert_embeddings(distilbert.below("embeddings."), sizes.hidden, sizes.epsilon, parts));
  KINDRED_TRY(read_layers(distilbert.below("transformer.layer."), kLayer, sizes, parts));
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
