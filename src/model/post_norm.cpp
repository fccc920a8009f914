#include "model/post_norm.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "tensor/attention.h"

namespace kindred::model {
namespace {

using tensor::Tensor;
using tensor::Workspace;

std::vector<std::uint32_t> rows_of(const Positions& places, const Batch& batch) {
  if (!places.padding) return tensor::places_of(batch.starts);
  std::vector<std::uint32_t> rows(batch.ids.size());
  for (std::size_t text = 0; text + 1 < batch.starts.size(); ++text) {
    auto next = static_cast<std::uint32_t>(places.skipped());
    for (std::size_t i = batch.starts[text]; i < batch.starts[text + 1]; ++i)
      rows[i] = batch.ids[i] == *places.padding ? *places.padding : next++;
  }
  return rows;
}

class PostNorm final : public Encoder {
 public:
  explicit PostNorm(PostNormParts parts) : parts_(std::move(parts)) {
    parts_.attention.heads = parts_.shape.heads;
    parts_.attention.width = parts_.shape.hidden / parts_.shape.heads;
  }

  const Shape& shape() const override { return parts_.shape; }
  EmbeddingTables tables() const override {
    return {.tokens = parts_.words, .positions = parts_.positions};
  }

 private:
  Tensor run(Workspace& workspace, const Batch& batch, const WatchLayers& watch) const override {
    const Tensor turned = parts_.rotary
                              ? turns(workspace, *parts_.rotary, tensor::longest_of(batch.starts))
                              : Tensor();
    Tensor hidden = embed(workspace, batch);
    watch(0, hidden);
    for (std::size_t i = 0; i < parts_.order.size(); ++i) {
      hidden = encode(workspace, parts_.layers[parts_.order[i]], std::move(hidden), batch, turned);
      watch(i + 1, hidden);
    }
    return hidden;
  }

  Tensor embed(Workspace& workspace, const Batch& batch) const {
    const auto places = rows_of(parts_.places, batch);
    // The order of the reference's additions.
    std::vector<tensor::Lookup> lookups = {{parts_.words, batch.ids}};
    if (parts_.types.rows > 0) lookups.push_back({parts_.types, batch.type_ids});
    if (parts_.positions.rows > 0) lookups.push_back({parts_.positions, places});
    Tensor sum = normalize_rows(workspace, gather_sum(workspace, lookups), parts_.embedding_norm);
    return parts_.projection ? linear(workspace, sum, *parts_.projection) : std::move(sum);
  }

  Tensor encode(Workspace& workspace, const PostNormLayer& layer, Tensor hidden, const Batch& batch,
                const Tensor& turned) const {
    {
      Tensor projected = linear(workspace, hidden, layer.query_key_value);
      const tensor::Attention& how = parts_.attention;
      if (parts_.rotary)
        projected =
            rotate(workspace, std::move(projected), batch.starts, turned, 2 * how.heads, how.width);
      const Tensor context = attention(workspace, projected, batch.starts, how, batch.attended);
      hidden = add_norm(workspace, linear(workspace, context, layer.attention_output), hidden,
                        layer.attention_norm);
    }
    const Tensor inner = compute(workspace, layer, hidden);
    return add_norm(workspace, linear(workspace, inner, layer.output), hidden, layer.output_norm);
  }

  Tensor compute(Workspace& workspace, const PostNormLayer& layer, const Tensor& hidden) const {
    if (!parts_.gate) return linear(workspace, hidden, layer.intermediate, parts_.activation);
    return gate(workspace, linear(workspace, hidden, layer.intermediate), parts_.activation,
                *parts_.gate);
  }

  PostNormParts parts_;
};

}  // namespace

std::unique_ptr<const Encoder> make_post_norm(PostNormParts parts) {
  return std::make_unique<const PostNorm>(std::move(parts));
}

Result<PostNormLayer> read_post_norm_layer(const Weights& weights, const PostNormNames& names,
                                           const PostNormSizes& sizes) {
  const std::size_t hidden = sizes.hidden;
  // As many outputs for each name that is given.
  const auto side_by_side = [&](std::span<const std::string_view> parts, std::size_t outputs,
                                Bias bias) {
    const auto given = std::ranges::count_if(parts, [](auto name) { return !name.empty(); });
    std::vector<NamedLinear> layers;
    for (const std::string_view name : parts)
      if (!name.empty())
        layers.push_back({.name = name, .outputs = outputs / static_cast<std::size_t>(given)});
    return weights.linear(layers, hidden, bias);
  };
  PostNormLayer layer;
  layer.query_key_value =
      KINDRED_TRY(side_by_side(names.query_key_value, 3 * hidden, names.attention_bias));
  layer.attention_output =
      KINDRED_TRY(weights.linear({names.attention_output}, hidden, hidden, names.attention_bias));
  layer.attention_norm = KINDRED_TRY(weights.norm(names.attention_norm, hidden, sizes.epsilon));
  layer.intermediate = KINDRED_TRY(side_by_side(
      names.intermediate, (sizes.gated ? 2 : 1) * sizes.intermediate, names.intermediate_bias));
  layer.output =
      KINDRED_TRY(weights.linear({names.output}, hidden, sizes.intermediate, names.output_bias));
  layer.output_norm = KINDRED_TRY(weights.norm(names.output_norm, hidden, sizes.epsilon));
  return layer;
}

Result<void> require_plain_encoder(const Config& config) {
  KINDRED_TRY(config.require("position_embedding_type", "absolute"));
  KINDRED_TRY(config.require("is_decoder", false));
  KINDRED_TRY(config.require("add_cross_attention", false));
  return config.require("pruned_heads", nlohmann::json::object());
}

Result<PostNormSizes> read_sizes(const Config& config, std::size_t hidden) {
  PostNormSizes sizes{.hidden = hidden, .intermediate = 0, .epsilon = 0};
  sizes.intermediate = KINDRED_TRY(config.count("intermediate_size"));
  sizes.epsilon = KINDRED_TRY(config.number("layer_norm_eps", 1e-12F));
  return sizes;
}

Result<void> read_bert_embeddings(const Weights& weights, std::size_t width, float epsilon,
                                  PostNormParts& parts) {
  const Shape& shape = parts.shape;
  KINDRED_TRY(read_words_and_types(weights, width, parts));
  parts.positions = KINDRED_TRY(
      weights.table("position_embeddings.weight", shape.positions + parts.places.skipped(), width));
  parts.embedding_norm = KINDRED_TRY(weights.norm("LayerNorm", width, epsilon));
  return {};
}

Result<void> read_words_and_types(const Weights& weights, std::size_t width, PostNormParts& parts) {
  const Shape& shape = parts.shape;
  parts.words = KINDRED_TRY(weights.table("word_embeddings.weight", shape.vocabulary, width));
  if (shape.types > 0)
    parts.types = KINDRED_TRY(weights.table("token_type_embeddings.weight", shape.types, width));
  return {};
}

Result<void> read_layers(const Weights& weights, const PostNormNames& names,
                         const PostNormSizes& sizes, PostNormParts& parts) {
  for (std::size_t i = 0; i < parts.shape.layers; ++i) {
    parts.layers.push_back(
        KINDRED_TRY(read_post_norm_layer(weights.below(fmt::format("{}.", i)), names, sizes)));
    parts.order.push_back(i);
  }
  return {};
}

}  // namespace kindred::model
