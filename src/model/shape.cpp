#include "model/shape.h"

#include <fmt/format.h>

namespace kindred::model {

Result<Shape> read_shape(const Config& config, std::size_t skipped_positions) {
  Shape shape;
  shape.hidden = KINDRED_TRY(config.count("hidden_size"));
  shape.layers = KINDRED_TRY(config.count("num_hidden_layers"));
  shape.heads = KINDRED_TRY(config.count("num_attention_heads"));
  shape.vocabulary = KINDRED_TRY(config.count("vocab_size"));
  const std::size_t positions = KINDRED_TRY(config.count("max_position_embeddings"));
  if (positions <= skipped_positions)
    return config.wrong("max_position_embeddings",
                        fmt::format("a whole number above {}", skipped_positions));
  shape.positions = positions - skipped_positions;
  if (shape.hidden % shape.heads != 0)
    return config.wrong("num_attention_heads",
                        fmt::format("a divisor of hidden_size {}", shape.hidden));
  return shape;
}

}  // namespace kindred::model
