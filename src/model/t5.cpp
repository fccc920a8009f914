#include "model/t5.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/listed.h"
#include "model/activations.h"
#include "model/pre_norm.h"

namespace kindred::model {
namespace {

struct FeedForward {
  std::string_view name;  // of feed_forward_proj
  bool gated;
  tensor::Activation activation;
};

constexpr std::array kFeedForwards = {
    FeedForward{"relu", false, tensor::Activation::relu},
    FeedForward{"gelu", false, tensor::Activation::gelu},
    FeedForward{"gated-relu", true, tensor::Activation::relu},
    FeedForward{"gated-gelu", true, tensor::Activation::gelu_tanh},
    FeedForward{"gated-silu", true, tensor::Activation::silu},
};

Result<FeedForward> read_feed_forward(const Config& config) {
  if (!config.contains("feed_forward_proj")) return kFeedForwards[0];
  const auto name = KINDRED_TRY(config.text("feed_forward_proj"));
  for (const FeedForward& one : kFeedForwards)
    if (one.name == name) return one;
  return config.wrong(
      "feed_forward_proj",
      fmt::format("one of {}", base::listed(kFeedForwards, &FeedForward::name, "\"")));
}

}  // namespace

Result<std::unique_ptr<const Encoder>> open_t5(const Config& config, const Weights& weights) {
  PreNormParts parts;
  Shape& shape = parts.shape;
  shape.hidden = KINDRED_TRY(config.count("d_model"));
  shape.layers = KINDRED_TRY(config.count("num_layers"));
  shape.heads = KINDRED_TRY(config.count("num_heads"));
  shape.vocabulary = KINDRED_TRY(config.count("vocab_size"));
  shape.positions = kAnyLength;
  const std::size_t width = KINDRED_TRY(config.count("d_kv"));
  const std::size_t intermediate = KINDRED_TRY(config.count("d_ff"));
  const std::size_t buckets = KINDRED_TRY(config.count("relative_attention_num_buckets", 32));
  const std::size_t farthest = KINDRED_TRY(config.count("relative_attention_max_distance", 128));
  if (buckets < 4 || buckets % 2 != 0)
    return config.wrong("relative_attention_num_buckets", "an even number from 4");
  if (farthest <= buckets / 4)
    return config.wrong("relative_attention_max_distance",
                        fmt::format("a whole number above {}", buckets / 4));
  const float epsilon = KINDRED_TRY(config.number("layer_norm_epsilon", 1e-6F));
  const FeedForward feed_forward = KINDRED_TRY(read_feed_forward(config));
  parts.activation = feed_forward.activation;
  parts.gated = feed_forward.gated;
  KINDRED_TRY(config.require("is_decoder", false));
  constexpr std::string_view kUnused[] = {"dense_act_fn",       "dropout_rate",
                                          "is_gated_act",       "n_positions",
                                          "num_decoder_layers", "scale_decoder_outputs"};
  KINDRED_TRY(config.require_known(kUnused));

  const Weights encoder = weights.below_if_there("encoder.");
  const bool shared = weights.contains("shared.weight");
  parts.words = KINDRED_TRY(
      (shared ? weights : encoder)
          .table(shared ? "shared.weight" : "embed_tokens.weight", shape.vocabulary, shape.hidden));
  auto biases = KINDRED_TRY(encoder.parameter(
      "block.0.layer.0.SelfAttention.relative_attention_bias.weight", {buckets, shape.heads}));
  const tensor::DistanceBias bias{.table = std::move(biases),
                                  .buckets = tensor::relative_buckets(buckets, farthest)};
  parts.attention.push_back(
      {.attention = {.heads = shape.heads, .width = width, .scale = 1.0F, .bias = bias}});
  for (std::size_t i = 0; i < shape.layers; ++i) {
    const Weights of_layer = encoder.below(fmt::format("block.{}.layer.", i));
    const std::size_t inner = shape.heads * width;
    PreNormLayer layer;
    layer.attention_norm = KINDRED_TRY(of_layer.rms_norm("0.layer_norm", shape.hidden, epsilon));
    layer.query_key_value =
        KINDRED_TRY(of_layer.linear({"0.SelfAttention.q", "0.SelfAttention.k", "0.SelfAttention.v"},
                                    inner, shape.hidden, Bias::without));
    layer.attention_output =
        KINDRED_TRY(of_layer.linear({"0.SelfAttention.o"}, shape.hidden, inner, Bias::without));
    layer.inner_norm = KINDRED_TRY(of_layer.rms_norm("1.layer_norm", shape.hidden, epsilon));
    layer.intermediate = KINDRED_TRY(
        parts.gated
            ? of_layer.linear({"1.DenseReluDense.wi_0", "1.DenseReluDense.wi_1"}, intermediate,
                              shape.hidden, Bias::without)
            : of_layer.linear({"1.DenseReluDense.wi"}, intermediate, shape.hidden, Bias::without));
    layer.output = KINDRED_TRY(
        of_layer.linear({"1.DenseReluDense.wo"}, shape.hidden, intermediate, Bias::without));
    parts.layers.push_back(std::move(layer));
  }
  parts.final_norm = KINDRED_TRY(encoder.rms_norm("final_layer_norm", shape.hidden, epsilon));
  parts.file = weights.file();
  return make_pre_norm(std::move(parts));
}

}  // namespace kindred::model
