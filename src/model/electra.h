/// ELECTRA's discriminator (Clark et al. 2020, arXiv:2003.10555): BERT whose tables may be narrower
/// than its layers, with a projection between them.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_electra(const Config& config, const Weights& weights);

}  // namespace kindred::model
