#include "model/activations.h"

#include <fmt/format.h>

#include <string>

#include "base/listed.h"
#include "files/excerpt.h"

namespace kindred::model {
namespace {

struct NamedActivation {
  std::string_view name;
  tensor::Activation activation;
};

constexpr NamedActivation kActivations[] = {
    {"gelu", tensor::Activation::gelu},
    {"gelu_python", tensor::Activation::gelu},
    {"gelu_new", tensor::Activation::gelu_tanh},
    {"gelu_fast", tensor::Activation::gelu_tanh},
    {"gelu_pytorch_tanh", tensor::Activation::gelu_tanh},
    {"relu", tensor::Activation::relu},
    {"tanh", tensor::Activation::tanh},
    {"silu", tensor::Activation::silu},
    {"swish", tensor::Activation::silu},
};

}  // namespace

Result<tensor::Activation> read_activation(const Config& config, std::string_view field) {
  const auto name = KINDRED_TRY(config.text(field));
  for (const NamedActivation& one : kActivations)
    if (one.name == name) return one.activation;
  return fail(
      ErrorCode::unsupported,
      fmt::format("{}: \"{}\" is \"{}\", Kindred has: {}", config.path().string(), field,
                  files::excerpt(name), base::listed(kActivations, &NamedActivation::name, "\"")));
}

Result<tensor::Activation> read_activation(const Config& config, std::string_view field,
                                           tensor::Activation otherwise) {
  if (!config.contains(field)) return otherwise;
  return read_activation(config, field);
}

}  // namespace kindred::model
