/// GPT-2 (Radford et al. 2019, section 2.3), as Hugging Face's GPT2Model has it: learned positions,
/// norms before the layers, each token attending to itself and those before it.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_gpt2(const Config& config, const Weights& weights);

}  // namespace kindred::model
