/// DeBERTa, versions 2 and 3 (He et al. 2021, arXiv:2006.03654, and 2023, arXiv:2111.09543), as
/// Hugging Face's DebertaV2Model has it: BERT's layers, whose attention looks at content and at
/// relative positions apart (tensor/disentangled_attention.h).
///
/// Farther positions share rows of the table, the more the farther they are. The convolution that
/// the largest ones of version 2 have after their first layer is not here.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_deberta(const Config& config, const Weights& weights);

}  // namespace kindred::model
