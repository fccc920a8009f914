/// A Transformer and a Pooling: the vectors of a text's tokens from a model::Encoder, and one made
/// of them.
#pragma once

#include <memory>

#include "embed/text_encoder.h"

namespace kindred::embed {

Result<std::unique_ptr<const TextEncoder>> open_transformer_encoder(const Layout& layout);

}  // namespace kindred::embed
