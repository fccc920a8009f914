/// ModernBERT (Warner et al. 2024, arXiv:2412.13663, section 2.1), as Hugging Face's
/// ModernBertModel has it: BERT with rotary positions, gates, norms before the layers, and windows
/// in all layers but every third.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_modernbert(const Config& config,
                                                       const Weights& weights);

}  // namespace kindred::model
