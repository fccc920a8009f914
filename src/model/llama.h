/// Llama (Touvron et al. 2023, arXiv:2302.13971, section 2.2) and those that changed little of it:
/// Mistral (Jiang et al. 2023, arXiv:2310.06825), Qwen2 (Yang et al. 2024, arXiv:2407.10671) and
/// Qwen3 (Yang et al. 2025, arXiv:2505.09388), as Hugging Face's LlamaModel and its kin have them.
///
/// Root-mean-square norms, rotary positions, grouped queries, gates. A token attends to itself and
/// those before it, unless the configuration says is_causal: false, as embedding models do that
/// were made from one of them and see both ways.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_llama(const Config& config, const Weights& weights);
/// With a window of sliding_window tokens in all layers, where there is one.
Result<std::unique_ptr<const Encoder>> open_mistral(const Config& config, const Weights& weights);
/// With biases of queries, keys and values, and windows in the layers from max_window_layers on,
/// where use_sliding_window asks for them.
Result<std::unique_ptr<const Encoder>> open_qwen2(const Config& config, const Weights& weights);
/// The same, with norms of each query and key instead of biases.
Result<std::unique_ptr<const Encoder>> open_qwen3(const Config& config, const Weights& weights);

}  // namespace kindred::model
