#include "model/jina_bert.h"

#include <array>
#include <string_view>
#include <utility>

#include "model/post_norm.h"

namespace kindred::model {
namespace {

constexpr PostNormNames kLayer = {
    .query_key_value = {"attention.self.query", "attention.self.key", "attention.self.value"},
    .attention_output = "attention.output.dense",
    .attention_norm = "attention.output.LayerNorm",
    .intermediate = {"mlp.gated_layers"},
    .output = "mlp.wo",
    .output_norm = "mlp.layernorm",
    .intermediate_bias = Bias::without};

struct FeedForward {
  std::string_view name;
  tensor::Activation activation;
};
constexpr std::array kFeedForwards = {FeedForward{"geglu", tensor::Activation::gelu},
                                      FeedForward{"reglu", tensor::Activation::relu}};

Result<tensor::Activation> read_feed_forward(const Config& config) {
  const auto name = KINDRED_TRY(config.text("feed_forward_type"));
  for (const FeedForward& one : kFeedForwards)
    if (one.name == name) return one.activation;
  return config.wrong("feed_forward_type", "one of \"geglu\", \"reglu\"");
}

}  // namespace

Result<std::unique_ptr<const Encoder>> open_jina_bert(const Config& config,
                                                      const Weights& weights) {
  PostNormParts parts;
  parts.shape = KINDRED_TRY(read_shape(config));
  parts.shape.types = KINDRED_TRY(config.count("type_vocab_size", 2));
  parts.activation = KINDRED_TRY(read_feed_forward(config));
  parts.gate = tensor::GateHalf::first;
  parts.attention.bias = tensor::DistanceBias{.slopes = tensor::alibi_slopes(parts.shape.heads)};
  PostNormSizes sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  sizes.gated = true;
  KINDRED_TRY(config.require("position_embedding_type", "alibi"));
  KINDRED_TRY(config.require("is_decoder", false));
  constexpr std::string_view kUnused[] = {"attn_implementation", "emb_pooler", "hidden_act"};
  KINDRED_TRY(config.require_known(kUnused));

  const Weights jina = weights.below_if_there("bert.");
  const Weights embeddings = jina.below("embeddings.");
  KINDRED_TRY(read_words_and_types(embeddings, sizes.hidden, parts));
  parts.embedding_norm = KINDRED_TRY(embeddings.norm("LayerNorm", sizes.hidden, sizes.epsilon));
  KINDRED_TRY(read_layers(jina.below("encoder.layer."), kLayer, sizes, parts));
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
