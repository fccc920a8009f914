#include "embed/torch_activation.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "base/listed.h"
#include "files/excerpt.h"

namespace kindred::embed {
namespace {

using tensor::Activation;

struct TorchActivation {
  std::string_view name;
  Activation activation;
};
constexpr std::array kTorchActivations = {
    TorchActivation{"Identity", Activation::none}, TorchActivation{"Tanh", Activation::tanh},
    TorchActivation{"ReLU", Activation::relu},     TorchActivation{"GELU", Activation::gelu},
    TorchActivation{"SiLU", Activation::silu},     TorchActivation{"Sigmoid", Activation::sigmoid},
};

}  // namespace

Result<Activation> read_torch_activation(const model::Config& config, std::string_view field) {
  const auto path = KINDRED_TRY(config.text(field));
  const std::string_view name = std::string_view(path).substr(path.rfind('.') + 1);
  for (const TorchActivation& one : kTorchActivations)
    if (one.name == name) return one.activation;
  return fail(
      ErrorCode::unsupported,
      fmt::format("{}: \"{}\" is \"{}\", Kindred has: {}", config.path().string(), field,
                  files::excerpt(path), base::listed(kTorchActivations, &TorchActivation::name)));
}

}  // namespace kindred::embed
