/// MPNet (Song et al. 2020, arXiv:2004.09297): BERT without token types, with RoBERTa's positions
/// and T5's relative bias in its attention.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_mpnet(const Config& config, const Weights& weights);

}  // namespace kindred::model
