/// RoBERTa (Liu et al. 2019, arXiv:1907.11692), and XLM-RoBERTa (Conneau et al. 2019,
/// arXiv:1911.02116) and CamemBERT (Martin et al. 2019, arXiv:1911.03894), which are the same on
/// other texts: BERT whose positions begin behind the padding token's row, as fairseq counts them.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_roberta(const Config& config, const Weights& weights);

}  // namespace kindred::model
