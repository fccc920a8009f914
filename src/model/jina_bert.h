/// Jina embeddings 2 (Günther et al. 2023, arXiv:2310.19923, section 3.1): BERT with penalties of
/// distance (ALiBi) instead of positions, and gates. Its folders say model_type "bert" and
/// position_embedding_type "alibi"; the tensors are those of jina-bert-implementation, the code
/// that came with the English models.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_jina_bert(const Config& config, const Weights& weights);

}  // namespace kindred::model
