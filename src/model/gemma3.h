/// Gemma 3 (Gemma Team 2025, arXiv:2503.19786, section 2) for text, as Hugging Face's
/// Gemma3TextModel has it, and EmbeddingGemma (Vera et al. 2025, arXiv:2509.20354), which sees both
/// ways.
///
/// Llama with norms behind the layers too, norms of queries and keys, words that are scaled, and
/// windows in all layers but every sixth.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_gemma3(const Config& config, const Weights& weights);

}  // namespace kindred::model
