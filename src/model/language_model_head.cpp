#include "model/language_model_head.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/listed.h"
#include "model/activations.h"
#include "model/config.h"
#include "model/gguf_model.h"
#include "model/weights.h"

namespace kindred::model {
namespace {

/// The head of a family.
struct Head {
  std::string_view family;
  std::string_view dense;
  std::string_view norm;
  std::string_view activation_field;  // of the configuration; empty: always gelu
  std::string_view epsilon_field;     // of the norm; empty: always 1e-12
  std::string_view output;            // its own embeddings, where the file has them
  std::string_view embeddings;        // else those of the encoder
  std::string_view bias;
};

constexpr std::array kHeads = {
    Head{"albert", "predictions.dense", "predictions.LayerNorm", "hidden_act", "layer_norm_eps",
         "predictions.decoder.weight", "albert.embeddings.word_embeddings.weight",
         "predictions.bias"},
    Head{"bert", "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
         "hidden_act", "layer_norm_eps", "cls.predictions.decoder.weight",
         "bert.embeddings.word_embeddings.weight", "cls.predictions.bias"},
    Head{"camembert", "lm_head.dense", "lm_head.layer_norm", "", "layer_norm_eps",
         "lm_head.decoder.weight", "roberta.embeddings.word_embeddings.weight", "lm_head.bias"},
    Head{"deberta-v2", "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
         "hidden_act", "layer_norm_eps", "cls.predictions.decoder.weight",
         "deberta.embeddings.word_embeddings.weight", "cls.predictions.bias"},
    Head{"distilbert", "vocab_transform", "vocab_layer_norm", "activation", "",
         "vocab_projector.weight", "distilbert.embeddings.word_embeddings.weight",
         "vocab_projector.bias"},
    Head{"electra", "generator_predictions.dense", "generator_predictions.LayerNorm", "",
         "layer_norm_eps", "generator_lm_head.weight", "electra.embeddings.word_embeddings.weight",
         "generator_lm_head.bias"},
    Head{"modernbert", "head.dense", "head.norm", "classifier_activation", "norm_eps",
         "decoder.weight", "model.embeddings.tok_embeddings.weight", "decoder.bias"},
    Head{"mpnet", "lm_head.dense", "lm_head.layer_norm", "", "layer_norm_eps",
         "lm_head.decoder.weight", "mpnet.embeddings.word_embeddings.weight", "lm_head.bias"},
    Head{"roberta", "lm_head.dense", "lm_head.layer_norm", "", "layer_norm_eps",
         "lm_head.decoder.weight", "roberta.embeddings.word_embeddings.weight", "lm_head.bias"},
    Head{"xlm-roberta", "lm_head.dense", "lm_head.layer_norm", "", "layer_norm_eps",
         "lm_head.decoder.weight", "roberta.embeddings.word_embeddings.weight", "lm_head.bias"},
};

/// A part that few families leave out has no bias in a file that has none.
Bias bias_of(const Weights& weights, std::string_view name) {
  return weights.contains(fmt::format("{}.bias", name)) ? Bias::with : Bias::without;
}

}  // namespace

Result<LanguageModelHead> LanguageModelHead::open(const std::filesystem::path& folder,
                                                  const OpenEncoder& encoder) {
  const Config config = KINDRED_TRY(read_model_config(folder));
  for (const Head& head : kHeads) {
    if (head.family != encoder.family) continue;
    const Shape& shape = encoder.encoder->shape();
    // ALBERT's and ELECTRA's embeddings are narrower than their layers.
    const std::size_t width = KINDRED_TRY(config.count("embedding_size", shape.hidden));
    const float epsilon = head.epsilon_field.empty()
                              ? 1e-12F
                              : KINDRED_TRY(config.number(head.epsilon_field, 1e-12F));
    const Weights weights = KINDRED_TRY(Weights::open(folder, Purpose::running));
    LanguageModelHead made;
    if (!head.activation_field.empty())
      made.activation_ =
          KINDRED_TRY(read_activation(config, head.activation_field, tensor::Activation::gelu));
    made.dense_ = KINDRED_TRY(
        weights.linear({head.dense}, width, shape.hidden, bias_of(weights, head.dense)));
    made.norm_ = KINDRED_TRY(weights.norm(head.norm, width, epsilon, bias_of(weights, head.norm)));
    const std::string_view table = weights.contains(head.output) ? head.output : head.embeddings;
    const auto embeddings = KINDRED_TRY(weights.parameter(table, {shape.vocabulary, width}));
    // Where both are there and differ, the one beside the embeddings counts.
    const std::string beside =
        fmt::format("{}bias", head.output.substr(0, head.output.rfind('.') + 1));
    const auto bias = KINDRED_TRY(weights.parameter(
        weights.contains(beside) ? std::string_view(beside) : head.bias, {shape.vocabulary}));
    made.output_ = tensor::Linear(shape.vocabulary, width);
    made.output_.set_rows(0, embeddings->values, bias->values);
    return made;
  }
  return fail(ErrorCode::unsupported,
              fmt::format("{}: {} has no head of a masked language model, Kindred has those of: {}",
                          folder.string(), encoder.family, base::listed(kHeads, &Head::family)));
}

tensor::Tensor LanguageModelHead::logits(tensor::Workspace& workspace,
                                         const tensor::Tensor& hidden) const {
  const tensor::Tensor inner = linear(workspace, hidden, dense_, activation_);
  return linear(workspace, normalize_rows(workspace, inner, norm_), output_);
}

}  // namespace kindred::model
