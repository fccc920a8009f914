/// The encoder of T5 (Raffel et al. 2020, arXiv:1910.10683, section 2.1), of versions 1.0 and 1.1,
/// as Hugging Face's T5EncoderModel has it: what GTR and Sentence-T5 are made of. Of a file with a
/// decoder, the decoder is left alone.
///
/// Positions are biases of scores by distance, the same in all layers; scores aren't scaled. No
/// text is too long for it.
#pragma once

#include <memory>

#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"

namespace kindred::model {

Result<std::unique_ptr<const Encoder>> open_t5(const Config& config, const Weights& weights);

}  // namespace kindred::model
