#include "model/deberta.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/activations.h"
#include "model/post_norm.h"
#include "tensor/disentangled_attention.h"

namespace kindred::model {
namespace {

using tensor::Tensor;
using tensor::Workspace;

constexpr PostNormNames kLayer = {
    .query_key_value = {"attention.self.query_proj", "attention.self.key_proj",
                        "attention.self.value_proj"},
    .attention_output = "attention.output.dense",
    .attention_norm = "attention.output.LayerNorm",
    .intermediate = {"intermediate.dense"},
    .output = "output.dense",
    .output_norm = "output.LayerNorm"};

/// How distances become rows of the table of relative positions, which has 2 span rows.
struct RelativePositions {
  std::size_t span = 0;
  std::size_t buckets = 0;  ///< 0: each distance has its own row
  std::size_t farthest = 0;

  /// The row of the distance query - key, ascending with it.
  std::uint32_t row(std::ptrdiff_t distance) const {
    const auto middle = static_cast<std::ptrdiff_t>(span);
    return static_cast<std::uint32_t>(
        std::clamp<std::ptrdiff_t>(middle + bucket(distance), 0, 2 * middle - 1));
  }

 private:
  /// Near distances are their own buckets; farther ones share them, on a logarithmic scale.
  std::ptrdiff_t bucket(std::ptrdiff_t distance) const {
    const auto middle = static_cast<std::ptrdiff_t>(buckets / 2);
    const std::ptrdiff_t far = std::abs(distance);
    if (buckets == 0 || far <= middle) return distance;
    // In float32, as the reference rounds.
    const auto start = static_cast<float>(middle);
    const float turns = std::log(static_cast<float>(far) / start) /
                        std::log(static_cast<float>(farthest - 1) / start);
    const auto shared = static_cast<std::ptrdiff_t>(std::ceil(turns * (start - 1))) + middle;
    return distance < 0 ? -shared : shared;
  }
};

struct DebertaLayer {
  PostNormLayer layer;
  std::optional<tensor::Linear> position_key;    // nothing: content doesn't look at positions
  std::optional<tensor::Linear> position_query;  // nothing: positions don't look at content
};

struct DebertaParts {
  Shape shape;
  WeightsFile file;
  tensor::Table words;
  tensor::Table types;                       // no rows: it has none; so are positions
  tensor::Table positions;                   // absolute ones, added to the words
  std::optional<tensor::Linear> projection;  // from the width of the words to that of the layers
  tensor::Norm embedding_norm;
  RelativePositions relative;
  tensor::Table relative_table;
  std::optional<tensor::Norm> relative_norm;
  tensor::Disentangled attention;
  tensor::Activation activation = tensor::Activation::gelu;
  std::vector<DebertaLayer> layers;
};

/// The rows of relative positions that a batch needs, and which of them a distance has.
struct Relations {
  Tensor vectors;  // rows x hidden
  std::vector<std::uint32_t> row_of;
};

class Deberta final : public Encoder {
 public:
  explicit Deberta(DebertaParts parts) : parts_(std::move(parts)) {}

  const Shape& shape() const override { return parts_.shape; }
  EmbeddingTables tables() const override {
    return {.tokens = parts_.words, .positions = parts_.positions};
  }

 private:
  Tensor run(Workspace& workspace, const Batch& batch, const WatchLayers& watch) const override {
    const Relations relations = relate(workspace, tensor::longest_of(batch.starts));
    Tensor hidden = embed(workspace, batch);
    watch(0, hidden);
    for (std::size_t i = 0; i < parts_.layers.size(); ++i) {
      hidden = encode(workspace, parts_.layers[i], std::move(hidden), batch.starts, relations);
      watch(i + 1, hidden);
    }
    return hidden;
  }

  Relations relate(Workspace& workspace, std::size_t longest) const {
    const auto reach = static_cast<std::ptrdiff_t>(longest) - 1;
    const std::uint32_t lowest = parts_.relative.row(-reach);
    Relations relations;
    for (std::ptrdiff_t distance = -reach; distance <= reach; ++distance)
      relations.row_of.push_back(parts_.relative.row(distance) - lowest);
    std::vector<std::uint32_t> rows(relations.row_of.back() + std::size_t{1});
    std::iota(rows.begin(), rows.end(), lowest);
    const tensor::Lookup lookup{parts_.relative_table, rows};
    relations.vectors = gather_sum(workspace, {&lookup, 1});
    if (parts_.relative_norm)
      relations.vectors = normalize_rows(workspace, relations.vectors, *parts_.relative_norm);
    return relations;
  }

  Tensor embed(Workspace& workspace, const Batch& batch) const {
    const auto places = tensor::places_of(batch.starts);
    std::vector<tensor::Lookup> lookups = {{parts_.words, batch.ids}};
    if (parts_.positions.rows > 0) lookups.push_back({parts_.positions, places});
    if (parts_.types.rows > 0) lookups.push_back({parts_.types, batch.type_ids});
    Tensor sum = gather_sum(workspace, lookups);
    if (parts_.projection) sum = linear(workspace, sum, *parts_.projection);
    return normalize_rows(workspace, sum, parts_.embedding_norm);
  }

  Tensor encode(Workspace& workspace, const DebertaLayer& deberta, Tensor hidden,
                tensor::Sequences starts, const Relations& relations) const {
    const PostNormLayer& layer = deberta.layer;
    {
      const Tensor projected = linear(workspace, hidden, layer.query_key_value);
      const auto project = [&](const std::optional<tensor::Linear>& projection) {
        return projection ? linear(workspace, relations.vectors, *projection) : Tensor();
      };
      const Tensor context = disentangled_attention(
          workspace, projected, starts, project(deberta.position_key),
          project(deberta.position_query), relations.row_of, parts_.attention);
      hidden = add_norm(workspace, linear(workspace, context, layer.attention_output), hidden,
                        layer.attention_norm);
    }
    const Tensor inner = linear(workspace, hidden, layer.intermediate, parts_.activation);
    return add_norm(workspace, linear(workspace, inner, layer.output), hidden, layer.output_norm);
  }

  DebertaParts parts_;
};

/// Which of the two ways to look at positions there are: a list, or a text with bars.
struct PositionKinds {
  bool keys = false;     // "c2p"
  bool queries = false;  // "p2c"
};

Result<PositionKinds> read_position_kinds(const Config& config) {
  std::vector<std::string> names;
  if (config.contains("pos_att_type") && config.json()["pos_att_type"].is_string()) {
    const auto text = KINDRED_TRY(config.text("pos_att_type"));
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('|', begin), text.size());
      names.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
  } else if (auto list = KINDRED_TRY(config.texts("pos_att_type"))) {
    names = std::move(*list);
  }
  PositionKinds kinds;
  for (const std::string& name : names) {
    if (name != "c2p" && name != "p2c")
      return config.wrong("pos_att_type", "a list of \"c2p\", \"p2c\"");
    (name == "c2p" ? kinds.keys : kinds.queries) = true;
  }
  if (!kinds.keys && !kinds.queries)
    return config.wrong("pos_att_type", "\"c2p\", \"p2c\" or both");
  return kinds;
}

/// A size for which -1 says that there is none.
Result<std::size_t> read_size_or_none(const Config& config, std::string_view field) {
  if (config.contains(field) && config.json().find(field)->is_number_integer() &&
      config.json().find(field)->get<std::int64_t>() == -1) {
    KINDRED_TRY(config.require(field, -1));
    return std::size_t{0};
  }
  return KINDRED_TRY(config.optional_count(field)).value_or(0);
}

}  // namespace

Result<std::unique_ptr<const Encoder>> open_deberta(const Config& config, const Weights& weights) {
  DebertaParts parts;
  parts.shape = KINDRED_TRY(read_shape(config));
  parts.shape.types = KINDRED_TRY(config.id("type_vocab_size", 0));
  // The reference takes masked tokens out of the embeddings, and as queries too.
  parts.shape.attends_in_part = false;
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act", tensor::Activation::gelu));
  PostNormSizes sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  sizes.epsilon = KINDRED_TRY(config.number("layer_norm_eps", 1e-7F));
  const std::size_t width = KINDRED_TRY(config.count("embedding_size", sizes.hidden));
  const bool absolute = KINDRED_TRY(config.flag("position_biased_input", true));
  if (!KINDRED_TRY(config.flag("relative_attention", false)))
    return config.wrong("relative_attention", "true");
  const PositionKinds kinds = KINDRED_TRY(read_position_kinds(config));
  const bool shared = KINDRED_TRY(config.flag("share_att_key", false));
  parts.relative.buckets = KINDRED_TRY(read_size_or_none(config, "position_buckets"));
  parts.relative.farthest = KINDRED_TRY(read_size_or_none(config, "max_relative_positions"));
  if (parts.relative.farthest == 0) parts.relative.farthest = parts.shape.positions;
  parts.relative.span =
      parts.relative.buckets > 0 ? parts.relative.buckets : parts.relative.farthest;
  if (parts.relative.buckets > 0 && parts.relative.farthest <= parts.relative.buckets / 2 + 1)
    return config.wrong("position_buckets", fmt::format("fewer than max_relative_positions {}",
                                                        parts.relative.farthest));
  std::string norm = "none";
  if (config.contains("norm_rel_ebd")) norm = KINDRED_TRY(config.text("norm_rel_ebd"));
  if (norm != "none" && norm != "layer_norm")
    return config.wrong("norm_rel_ebd", "\"none\" or \"layer_norm\"");
  KINDRED_TRY(config.require("attention_head_size", sizes.hidden / parts.shape.heads));
  KINDRED_TRY(config.require("conv_kernel_size", 0));
  constexpr std::string_view kUnused[] = {
      "conv_act",       "conv_groups",       "legacy",
      "pooler_dropout", "pooler_hidden_act", "pooler_hidden_size"};
  KINDRED_TRY(config.require_known(kUnused));

  const std::size_t head_width = sizes.hidden / parts.shape.heads;
  const int looks = 1 + (kinds.keys ? 1 : 0) + (kinds.queries ? 1 : 0);
  parts.attention = {
      .heads = parts.shape.heads,
      .width = head_width,
      .scale = 1 / std::sqrt(static_cast<float>(head_width) * static_cast<float>(looks))};

  const Weights deberta = weights.below_if_there("deberta.");
  const Weights embeddings = deberta.below("embeddings.");
  parts.words =
      KINDRED_TRY(embeddings.table("word_embeddings.weight", parts.shape.vocabulary, width));
  if (absolute)
    parts.positions =
        KINDRED_TRY(embeddings.table("position_embeddings.weight", parts.shape.positions, width));
  if (parts.shape.types > 0)
    parts.types =
        KINDRED_TRY(embeddings.table("token_type_embeddings.weight", parts.shape.types, width));
  if (width != sizes.hidden)
    parts.projection =
        KINDRED_TRY(embeddings.linear({"embed_proj"}, sizes.hidden, width, Bias::without));
  parts.embedding_norm = KINDRED_TRY(embeddings.norm("LayerNorm", sizes.hidden, sizes.epsilon));

  const Weights encoder = deberta.below("encoder.");
  parts.relative_table =
      KINDRED_TRY(encoder.table("rel_embeddings.weight", 2 * parts.relative.span, sizes.hidden));
  if (norm == "layer_norm")
    parts.relative_norm = KINDRED_TRY(encoder.norm("LayerNorm", sizes.hidden, sizes.epsilon));
  for (std::size_t i = 0; i < parts.shape.layers; ++i) {
    const Weights of_layer = encoder.below(fmt::format("layer.{}.", i));
    DebertaLayer layer;
    layer.layer = KINDRED_TRY(read_post_norm_layer(of_layer, kLayer, sizes));
    const Weights attention = of_layer.below("attention.self.");
    if (kinds.keys)
      layer.position_key = KINDRED_TRY(
          attention.linear({shared ? "key_proj" : "pos_key_proj"}, sizes.hidden, sizes.hidden));
    if (kinds.queries)
      layer.position_query = KINDRED_TRY(
          attention.linear({shared ? "query_proj" : "pos_query_proj"}, sizes.hidden, sizes.hidden));
    parts.layers.push_back(std::move(layer));
  }
  parts.file = weights.file();
  return std::make_unique<const Deberta>(std::move(parts));
}

}  // namespace kindred::model
