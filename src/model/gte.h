/// GTE version 1.5 and gte-multilingual (Zhang et al. 2024, arXiv:2407.19669, section 2.1): BERT
/// with rotary positions and gates.
///
/// Both forms of its configurations and of its tensors' names are read: those of the code that came
/// with the models (model_type "new"; `encoder.layer.0.attention.qkv_proj`), and those of Hugging
/// Face's GteModel.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_gte(const Config& config, const Weights& weights);

}  // namespace kindred::model
