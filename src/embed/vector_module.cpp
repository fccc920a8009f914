#include "embed/vector_module.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/listed.h"
#include "embed/torch_activation.h"
#include "files/excerpt.h"
#include "model/config.h"
#include "model/weights.h"
#include "simd/normalize.h"
#include "tensor/activation.h"
#include "tensor/linear.h"
#include "tensor/norm.h"
#include "tensor/sums.h"

namespace kindred::embed {
namespace {

using model::Config;
using model::Weights;
using tensor::Activation;
using tensor::Tensor;
using tensor::Workspace;
using Opened = Result<std::unique_ptr<const VectorModule>>;

/// activation(x W^T + b), with x or its projection added to it where `use_residual` says so.
class Dense final : public VectorModule {
 public:
  Dense(tensor::Linear layer, Activation activation, bool residual,
        std::optional<tensor::Linear> projection)
      : layer_(std::move(layer)),
        activation_(activation),
        residual_(residual),
        projection_(std::move(projection)) {}

  std::size_t dimensions() const override { return layer_.outputs(); }
  Tensor apply(Workspace& workspace, Tensor x) const override {
    Tensor out = linear(workspace, x, layer_, activation_);
    if (projection_) return add(workspace, std::move(out), linear(workspace, x, *projection_));
    return residual_ ? add(workspace, std::move(out), x) : std::move(out);
  }

 private:
  tensor::Linear layer_;
  Activation activation_;
  bool residual_;
  std::optional<tensor::Linear> projection_;
};

/// A module's folder, and what comes to it.
struct Place {
  const std::filesystem::path& folder;
  std::size_t dimensions;
  std::string_view embeddings;
};

/// What a module says that it reads and writes is what there is.
Result<void> require_embeddings(const Config& config, std::string_view embeddings) {
  for (const std::string_view field : {"module_input_name", "module_output_name"}) {
    if (config.contains(field) && config.json().find(field)->is_null()) continue;
    KINDRED_TRY(config.require(field, embeddings));
  }
  return {};
}

Opened open_dense(const Place& place) {
  const auto& [folder, dimensions, embeddings] = place;
  const Config config = KINDRED_TRY(Config::read(folder / "config.json"));
  const std::size_t inputs = KINDRED_TRY(config.count("in_features"));
  const std::size_t outputs = KINDRED_TRY(config.count("out_features"));
  const bool bias = KINDRED_TRY(config.flag("bias", true));
  const bool residual = KINDRED_TRY(config.flag("use_residual", false));
  const Activation activation =
      config.contains("activation_function")
          ? KINDRED_TRY(read_torch_activation(config, "activation_function"))
          : Activation::tanh;  // the reference's
  KINDRED_TRY(require_embeddings(config, embeddings));
  KINDRED_TRY(config.require_known({}));
  if (inputs != dimensions)
    return config.wrong("in_features",
                        fmt::format("{}, the dimensions of what comes,", dimensions));

  const Weights weights = KINDRED_TRY(Weights::open(folder, model::Purpose::running));
  auto layer = KINDRED_TRY(
      weights.linear({"linear"}, outputs, inputs, bias ? model::Bias::with : model::Bias::without));
  std::optional<tensor::Linear> projection;
  if (residual && inputs != outputs)
    projection = KINDRED_TRY(weights.linear({"residual"}, outputs, inputs, model::Bias::without));
  return std::make_unique<const Dense>(std::move(layer), activation, residual,
                                       std::move(projection));
}

class LayerNorm final : public VectorModule {
 public:
  explicit LayerNorm(tensor::Norm norm) : norm_(std::move(norm)) {}
  std::size_t dimensions() const override { return norm_.gain->values.size(); }
  Tensor apply(Workspace& workspace, Tensor x) const override {
    return normalize_rows(workspace, x, norm_);
  }

 private:
  tensor::Norm norm_;
};

Opened open_layer_norm(const Place& place) {
  const auto& [folder, dimensions, embeddings] = place;
  const Config config = KINDRED_TRY(Config::read(folder / "config.json"));
  const std::size_t size = KINDRED_TRY(config.count("dimension"));
  KINDRED_TRY(require_embeddings(config, embeddings));
  KINDRED_TRY(config.require_known({}));
  if (size != dimensions)
    return config.wrong("dimension", fmt::format("{}, the dimensions of what comes,", dimensions));
  const Weights weights = KINDRED_TRY(Weights::open(folder, model::Purpose::running));
  auto norm = KINDRED_TRY(weights.norm("norm", size, 1e-5F));
  return std::make_unique<const LayerNorm>(std::move(norm));
}

/// Makes each vector's length 1.
class Normalize final : public VectorModule {
 public:
  explicit Normalize(std::size_t dimensions) : dimensions_(dimensions) {}
  std::size_t dimensions() const override { return dimensions_; }
  Tensor apply(Workspace& /*workspace*/, Tensor x) const override {
    for (std::size_t row = 0; row < x.rows(); ++row) simd::normalize({x.row(row), x.columns()});
    return x;
  }

 private:
  std::size_t dimensions_;
};

Opened open_normalize(const Place& place) {
  const auto settings = place.folder / "config.json";
  std::error_code ignored;
  if (std::filesystem::exists(settings, ignored)) {
    const Config config = KINDRED_TRY(Config::read(settings));
    KINDRED_TRY(require_embeddings(config, place.embeddings));
  }
  return std::make_unique<const Normalize>(place.dimensions);
}

/// Of training; a model that is run lets everything pass.
class Dropout final : public VectorModule {
 public:
  explicit Dropout(std::size_t dimensions) : dimensions_(dimensions) {}
  std::size_t dimensions() const override { return dimensions_; }
  Tensor apply(Workspace& /*workspace*/, Tensor x) const override { return x; }

 private:
  std::size_t dimensions_;
};

Opened open_dropout(const Place& place) {
  return std::make_unique<const Dropout>(place.dimensions);
}

struct Kind {
  std::string_view name;
  Opened (*open)(const Place& place);
};
constexpr std::array kKinds = {
    Kind{"Dense", open_dense},
    Kind{"Dropout", open_dropout},
    Kind{"LayerNorm", open_layer_norm},
    Kind{"Normalize", open_normalize},
};

}  // namespace

Opened open_module(const ModuleFolder& module, std::size_t dimensions,
                   std::string_view embeddings) {
  for (const Kind& kind : kKinds)
    if (kind.name == module.kind) return kind.open({module.folder, dimensions, embeddings});
  return fail(ErrorCode::unsupported,
              fmt::format("{}: is a module \"{}\", behind a Pooling Kindred has: {}",
                          module.folder.string(), files::excerpt(module.kind),
                          base::listed(kKinds, &Kind::name)));
}

}  // namespace kindred::embed
