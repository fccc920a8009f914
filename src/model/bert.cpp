#include "model/bert.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "tensor/attention.h"
#include "tensor/gather.h"
#include "tensor/linear.h"
#include "tensor/norm.h"

namespace kindred::model {
namespace {

using tensor::Activation;
using tensor::Tensor;
using tensor::Workspace;

struct Embeddings {
  tensor::Table words;
  tensor::Table positions;
  tensor::Table types;
  tensor::Norm norm;
};

struct Layer {
  tensor::Linear query_key_value;
  tensor::Linear attention_output;
  tensor::Norm attention_norm;
  tensor::Linear intermediate;
  tensor::Linear output;
  tensor::Norm output_norm;
};

class Bert final : public Encoder {
 public:
  Bert(Shape shape, WeightsFile file, Embeddings embeddings, std::vector<Layer> layers)
      : shape_(shape),
        file_(std::move(file)),
        embeddings_(std::move(embeddings)),
        layers_(std::move(layers)) {}

  const Shape& shape() const override { return shape_; }

  Tensor forward(Workspace& workspace, const Batch& batch) const override {
    Tensor hidden = embed(workspace, batch);
    for (const Layer& layer : layers_)
      hidden = encode(workspace, layer, std::move(hidden), batch.starts);
    return hidden;
  }

 private:
  Tensor embed(Workspace& workspace, const Batch& batch) const {
    std::vector<std::uint32_t> places(batch.ids.size());
    for (std::size_t text = 0; text + 1 < batch.starts.size(); ++text)
      for (std::size_t row = batch.starts[text]; row < batch.starts[text + 1]; ++row)
        places[row] = static_cast<std::uint32_t>(row - batch.starts[text]);
    // The order of the reference's additions.
    const std::array<tensor::Lookup, 3> lookups = {{{embeddings_.words, batch.ids},
                                                    {embeddings_.types, batch.type_ids},
                                                    {embeddings_.positions, places}}};
    return normalize_rows(workspace, gather_sum(workspace, lookups), embeddings_.norm);
  }

  Tensor encode(Workspace& workspace, const Layer& layer, Tensor hidden,
                tensor::Sequences starts) const {
    {
      const Tensor projected = linear(workspace, hidden, layer.query_key_value);
      const Tensor context = attention(workspace, projected, starts, shape_.heads);
      hidden = add_norm(workspace, linear(workspace, context, layer.attention_output), hidden,
                        layer.attention_norm);
    }
    const Tensor inner = linear(workspace, hidden, layer.intermediate, Activation::gelu);
    return add_norm(workspace, linear(workspace, inner, layer.output), hidden, layer.output_norm);
  }

  Shape shape_;
  WeightsFile file_;  // the tables of embeddings_ lie in it
  Embeddings embeddings_;
  std::vector<Layer> layers_;
};

}  // namespace

Result<std::unique_ptr<const Encoder>> open_bert(const Config& config, const Weights& weights) {
  KINDRED_TRY(config.require("hidden_act", "gelu"));
  KINDRED_TRY(config.require("position_embedding_type", "absolute"));
  KINDRED_TRY(config.require("is_decoder", false));
  KINDRED_TRY(config.require("add_cross_attention", false));
  const Shape shape{.hidden = KINDRED_TRY(config.count("hidden_size")),
                    .layers = KINDRED_TRY(config.count("num_hidden_layers")),
                    .heads = KINDRED_TRY(config.count("num_attention_heads")),
                    .vocabulary = KINDRED_TRY(config.count("vocab_size")),
                    .types = KINDRED_TRY(config.count("type_vocab_size")),
                    .positions = KINDRED_TRY(config.count("max_position_embeddings"))};
  const std::size_t intermediate = KINDRED_TRY(config.count("intermediate_size"));
  const float epsilon = KINDRED_TRY(config.number("layer_norm_eps"));
  if (shape.hidden % shape.heads != 0)
    return config.wrong("num_attention_heads",
                        fmt::format("a divisor of hidden_size {}", shape.hidden));

  // A bare BertModel has its tensors at the top, a model with a head has them under "bert.".
  const Weights bert =
      weights.contains("bert.embeddings.word_embeddings.weight") ? weights.below("bert.") : weights;

  const Weights embedding = bert.below("embeddings.");
  Embeddings embeddings;
  embeddings.words =
      KINDRED_TRY(embedding.table("word_embeddings.weight", shape.vocabulary, shape.hidden));
  embeddings.positions =
      KINDRED_TRY(embedding.table("position_embeddings.weight", shape.positions, shape.hidden));
  embeddings.types =
      KINDRED_TRY(embedding.table("token_type_embeddings.weight", shape.types, shape.hidden));
  embeddings.norm = KINDRED_TRY(embedding.norm("LayerNorm", shape.hidden, epsilon));

  std::vector<Layer> layers;
  for (std::size_t i = 0; i < shape.layers; ++i) {
    const Weights names = bert.below(fmt::format("encoder.layer.{}.", i));
    Layer layer;
    layer.query_key_value = KINDRED_TRY(
        names.linear({"attention.self.query", "attention.self.key", "attention.self.value"},
                     shape.hidden, shape.hidden));
    layer.attention_output =
        KINDRED_TRY(names.linear({"attention.output.dense"}, shape.hidden, shape.hidden));
    layer.attention_norm =
        KINDRED_TRY(names.norm("attention.output.LayerNorm", shape.hidden, epsilon));
    layer.intermediate =
        KINDRED_TRY(names.linear({"intermediate.dense"}, intermediate, shape.hidden));
    layer.output = KINDRED_TRY(names.linear({"output.dense"}, shape.hidden, intermediate));
    layer.output_norm = KINDRED_TRY(names.norm("output.LayerNorm", shape.hidden, epsilon));
    layers.push_back(std::move(layer));
  }
  return std::make_unique<const Bert>(shape, weights.file(), std::move(embeddings),
                                      std::move(layers));
}

}  // namespace kindred::model
