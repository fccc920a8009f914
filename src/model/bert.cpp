#include "model/bert.h"

#include <utility>

#include "model/activations.h"
#include "model/jina_bert.h"
#include "model/post_norm.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_bert(const Config& config, const Weights& weights) {
  // Jina's models say that they are BERT, too.
  if (config.json().value("position_embedding_type", nlohmann::json()) == "alibi")
    return open_jina_bert(config, weights);
  KINDRED_TRY(require_plain_encoder(config));
  PostNormParts parts;
  parts.shape = KINDRED_TRY(read_shape(config));
  parts.shape.types = KINDRED_TRY(config.count("type_vocab_size", 2));
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act"));
  const PostNormSizes sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  KINDRED_TRY(config.require_known({}));

  const Weights bert = weights.below_if_there("bert.");
  KINDRED_TRY(read_bert_embeddings(bert.below("embeddings."), sizes.hidden, sizes.epsilon, parts));
  KINDRED_TRY(read_layers(bert.below("encoder.layer."), kBertLayer, sizes, parts));
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
