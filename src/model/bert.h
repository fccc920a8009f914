/// BERT (Devlin et al. 2018, arXiv:1810.04805), section 3: a stack of post-norm transformer encoder
/// layers over the sum of token, position and segment embeddings.
///
/// Read from a Hugging Face BertModel: exact gelu, absolute learned positions. The
/// pooler and the heads of pre-training, which some files carry, take no part in hidden states and
/// are ignored.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_bert(const Config& config, const Weights& weights);

}  // namespace kindred::model
