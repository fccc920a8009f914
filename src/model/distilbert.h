/// DistilBERT (Sanh et al. 2019, arXiv:1910.01108): BERT without token types, of half its layers.
/// Where its positions were sinusoidal, the file has them as a table all the same.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_distilbert(const Config& config,
                                                       const Weights& weights);

}  // namespace kindred::model
