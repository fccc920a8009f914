#include "model/pre_norm.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "tensor/gate.h"
#include "tensor/sums.h"

namespace kindred::model {
namespace {

using tensor::Tensor;
using tensor::Workspace;

Tensor normalize(Workspace& workspace, const Tensor& x, const tensor::Norm& norm) {
  return normalize_rows(workspace, x, norm);
}
Tensor normalize(Workspace& workspace, const Tensor& x, const tensor::RmsNorm& norm) {
  return rms_norm(workspace, x, norm);
}
Tensor normalize(Workspace& workspace, const Tensor& x, const AnyNorm& norm) {
  return std::visit([&](const auto& one) { return normalize(workspace, x, one); }, norm);
}

class PreNorm final : public Encoder {
 public:
  explicit PreNorm(PreNormParts parts) : parts_(std::move(parts)) {}

  const Shape& shape() const override { return parts_.shape; }
  EmbeddingTables tables() const override {
    return {.tokens = parts_.words, .positions = parts_.positions};
  }

 private:
  Tensor run(Workspace& workspace, const Batch& batch, const WatchLayers& watch) const override {
    std::vector<Tensor> turned;  // of each kind of attention
    turned.reserve(parts_.attention.size());
    for (const AttentionKind& kind : parts_.attention)
      turned.push_back(kind.rotary
                           ? turns(workspace, *kind.rotary, tensor::longest_of(batch.starts))
                           : Tensor());
    Tensor hidden = embed(workspace, batch);
    for (std::size_t i = 0; i < parts_.layers.size(); ++i) {
      watch(i, hidden);
      const PreNormLayer& layer = parts_.layers[i];
      const Tensor attended = attend(workspace, layer, hidden, batch, turned[layer.attention]);
      hidden = add(workspace, std::move(hidden), attended);
      const Tensor computed = compute(workspace, layer, hidden);
      hidden = add(workspace, std::move(hidden), computed);
    }
    if (parts_.final_norm) hidden = normalize(workspace, hidden, *parts_.final_norm);
    watch(parts_.layers.size(), hidden);
    return hidden;
  }

  Tensor embed(Workspace& workspace, const Batch& batch) const {
    const auto places = tensor::places_of(batch.starts);
    std::vector<tensor::Lookup> lookups = {{parts_.words, batch.ids}};
    if (parts_.positions.rows > 0) lookups.push_back({parts_.positions, places});
    Tensor sum = gather_sum(workspace, lookups);
    if (parts_.embedding_scale != 1) sum = scale(workspace, std::move(sum), parts_.embedding_scale);
    return parts_.embedding_norm ? normalize(workspace, sum, *parts_.embedding_norm)
                                 : std::move(sum);
  }

  Tensor attend(Workspace& workspace, const PreNormLayer& layer, const Tensor& hidden,
                const Batch& batch, const Tensor& turned) const {
    const AttentionKind& kind = parts_.attention[layer.attention];
    const tensor::Attention& how = kind.attention;
    Tensor projected = layer.attention_norm
                           ? linear(workspace, normalize(workspace, hidden, *layer.attention_norm),
                                    layer.query_key_value)
                           : linear(workspace, hidden, layer.query_key_value);
    if (layer.query_norm)
      projected = rms_norm_heads(workspace, std::move(projected), 0, how.heads, *layer.query_norm);
    if (layer.key_norm)
      projected = rms_norm_heads(workspace, std::move(projected), how.heads * how.width,
                                 how.groups(), *layer.key_norm);
    if (kind.rotary)
      projected = rotate(workspace, std::move(projected), batch.starts, turned,
                         how.heads + how.groups(), how.width);
    const Tensor context = attention(workspace, projected, batch.starts, how, batch.attended);
    Tensor out = linear(workspace, context, layer.attention_output);
    return layer.attention_output_norm ? normalize(workspace, out, *layer.attention_output_norm)
                                       : std::move(out);
  }

  Tensor compute(Workspace& workspace, const PreNormLayer& layer, const Tensor& hidden) const {
    const Tensor normal = normalize(workspace, hidden, layer.inner_norm);
    const Tensor inner =
        parts_.gated
            ? gate(workspace, linear(workspace, normal, layer.intermediate), parts_.activation)
            : linear(workspace, normal, layer.intermediate, parts_.activation);
    Tensor out = linear(workspace, inner, layer.output);
    return layer.output_norm ? normalize(workspace, out, *layer.output_norm) : std::move(out);
  }

  PreNormParts parts_;
};

}  // namespace

std::unique_ptr<const Encoder> make_pre_norm(PreNormParts parts) {
  return std::make_unique<const PreNorm>(std::move(parts));
}

}  // namespace kindred::model
