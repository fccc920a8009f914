/// Activations by the class in torch that a configuration names.
#pragma once

#include <string_view>

#include "kindred/result.h"
#include "model/config.h"
#include "tensor/activation.h"

namespace kindred::embed {

/// "torch.nn.modules.activation.Tanh" and its like, by the last part. One that we don't have is an
/// error that lists those we have.
Result<tensor::Activation> read_torch_activation(const model::Config& config,
                                                 std::string_view field);

}  // namespace kindred::embed
