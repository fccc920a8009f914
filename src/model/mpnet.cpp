#include "model/mpnet.h"

#include <cstdint>
#include <utility>

#include "model/activations.h"
#include "model/post_norm.h"

namespace kindred::model {
namespace {

constexpr PostNormNames kLayer = {
    .query_key_value = {"attention.attn.q", "attention.attn.k", "attention.attn.v"},
    .attention_output = "attention.attn.o",
    .attention_norm = "attention.LayerNorm",
    .intermediate = {"intermediate.dense"},
    .output = "output.dense",
    .output_norm = "output.LayerNorm"};
constexpr std::size_t kBuckets = 32;  // the reference takes no other number
constexpr std::size_t kFarthest = 128;
constexpr std::uint32_t kPadding = 1;  // whatever pad_token_id says

}  // namespace

Result<std::unique_ptr<const Encoder>> open_mpnet(const Config& config, const Weights& weights) {
  KINDRED_TRY(require_plain_encoder(config));
  PostNormParts parts;
  parts.places.padding = kPadding;
  parts.shape = KINDRED_TRY(read_shape(config, parts.places.skipped()));
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act"));
  const PostNormSizes sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  KINDRED_TRY(config.require("relative_attention_num_buckets", kBuckets));
  KINDRED_TRY(config.require_known({}));

  const Weights mpnet = weights.below_if_there("mpnet.");
  KINDRED_TRY(read_bert_embeddings(mpnet.below("embeddings."), sizes.hidden, sizes.epsilon, parts));
  KINDRED_TRY(read_layers(mpnet.below("encoder.layer."), kLayer, sizes, parts));
  auto table = KINDRED_TRY(
      mpnet.parameter("encoder.relative_attention_bias.weight", {kBuckets, parts.shape.heads}));
  parts.attention.bias = tensor::DistanceBias{
      .table = std::move(table), .buckets = tensor::relative_buckets(kBuckets, kFarthest)};
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
