/// The sizes of a model by the names that most configurations give them.
#pragma once

#include <cstddef>

#include "model/config.h"
#include "model/encoder.h"

namespace kindred::model {

/// hidden_size, num_hidden_layers, num_attention_heads, vocab_size and max_position_embeddings;
/// fails where the heads don't divide the width. The first `skipped_positions` are no token's.
Result<Shape> read_shape(const Config& config, std::size_t skipped_positions = 0);

}  // namespace kindred::model
