#include "model/albert.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "model/activations.h"
#include "model/post_norm.h"

namespace kindred::model {
namespace {

constexpr PostNormNames kLayer = {
    .query_key_value = {"attention.query", "attention.key", "attention.value"},
    .attention_output = "attention.dense",
    .attention_norm = "attention.LayerNorm",
    .intermediate = {"ffn"},
    .output = "ffn_output",
    .output_norm = "full_layer_layer_norm"};

}  // namespace

Result<std::unique_ptr<const Encoder>> open_albert(const Config& config, const Weights& weights) {
  KINDRED_TRY(require_plain_encoder(config));
  PostNormParts parts;
  parts.shape = KINDRED_TRY(read_shape(config));
  parts.shape.types = KINDRED_TRY(config.count("type_vocab_size", 2));
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act"));
  const PostNormSizes sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  const std::size_t width = KINDRED_TRY(config.count("embedding_size", 128));
  const std::size_t groups = KINDRED_TRY(config.count("num_hidden_groups", 1));
  const std::size_t layers_of_group = KINDRED_TRY(config.count("inner_group_num", 1));
  if (groups > parts.shape.layers)
    return config.wrong("num_hidden_groups",
                        fmt::format("at most num_hidden_layers {}", parts.shape.layers));
  constexpr std::string_view kUnused[] = {"down_scale_factor", "gap_size", "net_structure_type",
                                          "num_memory_blocks"};
  KINDRED_TRY(config.require_known(kUnused));

  const Weights albert = weights.below_if_there("albert.");
  KINDRED_TRY(read_bert_embeddings(albert.below("embeddings."), width, sizes.epsilon, parts));
  parts.projection =
      KINDRED_TRY(albert.linear({"encoder.embedding_hidden_mapping_in"}, sizes.hidden, width));
  for (std::size_t group = 0; group < groups; ++group)
    for (std::size_t i = 0; i < layers_of_group; ++i)
      parts.layers.push_back(KINDRED_TRY(read_post_norm_layer(
          albert.below(fmt::format("encoder.albert_layer_groups.{}.albert_layers.{}.", group, i)),
          kLayer, sizes)));
  // As the reference rounds.
  const double layers_a_group =
      static_cast<double>(parts.shape.layers) / static_cast<double>(groups);
  for (std::size_t i = 0; i < parts.shape.layers; ++i) {
    const auto group = static_cast<std::size_t>(static_cast<double>(i) / layers_a_group);
    for (std::size_t inner = 0; inner < layers_of_group; ++inner)
      parts.order.push_back(group * layers_of_group + inner);
  }
  parts.shape.layers = parts.order.size();  // what a text goes through
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
