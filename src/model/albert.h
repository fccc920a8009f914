/// ALBERT (Lan et al. 2019, arXiv:1909.11942): BERT with narrow tables and a projection behind
/// them, whose layers share their weights in groups; a group is one layer or a few, which run in
/// turn.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_albert(const Config& config, const Weights& weights);

}  // namespace kindred::model
