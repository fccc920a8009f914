#include "model/electra.h"

#include <string_view>
#include <utility>

#include "model/activations.h"
#include "model/post_norm.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_electra(const Config& config, const Weights& weights) {
  KINDRED_TRY(require_plain_encoder(config));
  PostNormParts parts;
  parts.shape = KINDRED_TRY(read_shape(config));
  parts.shape.types = KINDRED_TRY(config.count("type_vocab_size", 2));
  parts.activation = KINDRED_TRY(read_activation(config, "hidden_act"));
  const PostNormSizes sizes = KINDRED_TRY(read_sizes(config, parts.shape.hidden));
  const std::size_t width = KINDRED_TRY(config.count("embedding_size", 128));
  constexpr std::string_view kOfItsHead[] = {"summary_activation", "summary_last_dropout",
                                             "summary_type", "summary_use_proj"};
  KINDRED_TRY(config.require_known(kOfItsHead));

  const Weights electra = weights.below_if_there("electra.");
  KINDRED_TRY(read_bert_embeddings(electra.below("embeddings."), width, sizes.epsilon, parts));
  if (width != sizes.hidden)
    parts.projection = KINDRED_TRY(electra.linear({"embeddings_project"}, sizes.hidden, width));
  KINDRED_TRY(read_layers(electra.below("encoder.layer."), kBertLayer, sizes, parts));
  parts.file = weights.file();
  return make_post_norm(std::move(parts));
}

}  // namespace kindred::model
