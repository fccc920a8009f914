/// NomicBERT (Nussbaum et al. 2024, arXiv:2402.01613, section 4.1): BERT with rotary positions and
/// gates, without biases.
///
/// Both forms of its configurations and of its tensors' names are read: those of the code that came
/// with the model (GPT-2's names for sizes; `encoder.layers.0.attn.Wqkv`), and those of Hugging
/// Face's NomicBertModel. A configuration of the former with rotary_scaling_factor takes texts up
/// to max_trained_positions, up to which its scaling changes nothing.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_nomic_bert(const Config& config,
                                                       const Weights& weights);

}  // namespace kindred::model
