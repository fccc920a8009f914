#include "model/classifier.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/listed.h"
#include "model/activations.h"
#include "model/config.h"
#include "model/gguf_model.h"
#include "model/weights.h"
#include "tensor/pool.h"

namespace kindred::model {
namespace {

using tensor::Activation;

/// The head of a family.
struct Head {
  std::string_view family;
  std::string_view dense;
  Activation activation;
  std::string_view activation_field;  // of the configuration; empty: always that activation
  std::string_view output;
  std::string_view norm;        // behind the activation; empty: there is none
  std::string_view bias_field;  // says whether the dense layer has a bias; empty: it has one
};

constexpr std::array kHeads = {
    Head{"albert", "albert.pooler", Activation::tanh, "", "classifier", "", ""},
    Head{"bert", "bert.pooler.dense", Activation::tanh, "", "classifier", "", ""},
    Head{"camembert", "classifier.dense", Activation::tanh, "", "classifier.out_proj", "", ""},
    Head{"deberta-v2", "pooler.dense", Activation::gelu, "pooler_hidden_act", "classifier", "", ""},
    Head{"distilbert", "pre_classifier", Activation::relu, "", "classifier", "", ""},
    Head{"electra", "classifier.dense", Activation::gelu, "", "classifier.out_proj", "", ""},
    Head{"gte", "gte.pooler.dense", Activation::tanh, "", "classifier", "", ""},
    Head{"modernbert", "head.dense", Activation::gelu, "classifier_activation", "classifier",
         "head.norm", "classifier_bias"},
    Head{"mpnet", "classifier.dense", Activation::tanh, "", "classifier.out_proj", "", ""},
    Head{"new", "new.pooler.dense", Activation::tanh, "", "classifier", "", ""},
    Head{"roberta", "classifier.dense", Activation::tanh, "", "classifier.out_proj", "", ""},
    Head{"xlm-roberta", "classifier.dense", Activation::tanh, "", "classifier.out_proj", "", ""},
};

/// As many labels as are named; two where nothing says it, as in the reference.
Result<std::size_t> read_labels(const Config& config) {
  const auto names = config.json().find("id2label");
  if (names != config.json().end() && names->is_object() && !names->empty()) return names->size();
  return config.count("num_labels", 2);
}

/// "cls" or "mean"; a family that doesn't say takes the first token.
Result<bool> reads_mean(const Config& config) {
  if (!config.contains("classifier_pooling")) return false;
  const auto pooling = KINDRED_TRY(config.text("classifier_pooling"));
  if (pooling != "cls" && pooling != "mean")
    return config.wrong("classifier_pooling", "\"cls\" or \"mean\"");
  return pooling == "mean";
}

}  // namespace

Result<Classifier> Classifier::open(const std::filesystem::path& folder,
                                    const OpenEncoder& encoder) {
  const Config config = KINDRED_TRY(read_model_config(folder));
  for (const Head& head : kHeads) {
    if (head.family != encoder.family) continue;
    const std::size_t hidden = encoder.encoder->shape().hidden;
    const std::size_t labels = KINDRED_TRY(read_labels(config));
    const bool bias = head.bias_field.empty() || KINDRED_TRY(config.flag(head.bias_field, false));
    const Weights weights = KINDRED_TRY(Weights::open(folder, Purpose::running));
    Classifier classifier;
    classifier.mean_ = KINDRED_TRY(reads_mean(config));
    classifier.activation_ =
        head.activation_field.empty()
            ? head.activation
            : KINDRED_TRY(read_activation(config, head.activation_field, head.activation));
    classifier.dense_ = KINDRED_TRY(
        weights.linear({head.dense}, hidden, hidden, bias ? Bias::with : Bias::without));
    if (!head.norm.empty()) {
      const float epsilon = KINDRED_TRY(config.number("norm_eps", 1e-5F));
      const bool norm_bias = KINDRED_TRY(config.flag("norm_bias", false));
      classifier.norm_ = KINDRED_TRY(
          weights.norm(head.norm, hidden, epsilon, norm_bias ? Bias::with : Bias::without));
    }
    classifier.output_ = KINDRED_TRY(weights.linear({head.output}, labels, hidden));
    return classifier;
  }
  return fail(ErrorCode::unsupported,
              fmt::format("{}: {} has no head that classifies texts, Kindred has those of: {}",
                          folder.string(), encoder.family, base::listed(kHeads, &Head::family)));
}

tensor::Tensor Classifier::forward(tensor::Workspace& workspace, const tensor::Tensor& hidden,
                                   tensor::Sequences sequences) const {
  const tensor::Tensor pooled =
      mean_ ? mean_pool(workspace, hidden, sequences) : first_pool(workspace, hidden, sequences);
  tensor::Tensor inner = linear(workspace, pooled, dense_, activation_);
  if (norm_) inner = normalize_rows(workspace, inner, *norm_);
  return linear(workspace, inner, output_);
}

}  // namespace kindred::model
