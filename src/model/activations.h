/// Activations by the names that configurations give them.
#pragma once

#include <string_view>

#include "model/config.h"
#include "tensor/activation.h"

namespace kindred::model {

/// The activation that a field of the configuration names; one that we don't have is an error that
/// lists those we have.
Result<tensor::Activation> read_activation(const Config& config, std::string_view field);
/// The same where the reference has a name of its own for a field that is absent.
Result<tensor::Activation> read_activation(const Config& config, std::string_view field,
                                           tensor::Activation otherwise);

}  // namespace kindred::model
