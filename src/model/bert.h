/// BERT (Devlin et al. 2018, arXiv:1810.04805), as Hugging Face's BertModel has it.
///
/// The pooler and the heads of pre-training, which some files carry, take no part in hidden states.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_bert(const Config& config, const Weights& weights);

}  // namespace kindred::model
