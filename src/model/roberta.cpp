#include "model/roberta.h"

#include <utility>

#include "model/activations.h"
#include "model/post_norm.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_roberta(const Config& config, const Weights& weights) {
  KINDRED_TRY(require_plain_encoder(config));
  PostNormParts parts;
  parts.places.padding = KINDRED_TRY(config.id("pad_token_id", 1));
  parts.shape = KINDRED_TRY(read_shape(config, parts.places.skipped()));
  parts.shape.types = KINDRED_TRY(config.count("type_vocab_size", 2));
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act"));
  const PostNormSizes sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  KINDRED_TRY(config.require_known({}));

  const Weights roberta = weights.below_if_there("roberta.");
  KINDRED_TRY(
      read_bert_embeddings(roberta.below("embeddings."), sizes.hidden, sizes.epsilon, parts));
  KINDRED_TRY(read_layers(roberta.below("encoder.layer."), kBertLayer, sizes, parts));
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
