/// Rotary positions as configurations of the Hugging Face Hub describe them (transformers 5's
/// `rope_parameters`, and `rope_theta` with `rope_scaling` of those before).
///
/// The frequencies of pair i of n are 1 / theta^(i / n); what stretches a model to longer texts
/// than it was trained on changes them:
///
///     linear   all are divided by `factor` (Chen et al. 2023, arXiv:2306.15595)
///     ntk      those of theta factor, divided by factor^(1 / n) (GTE's)
///     dynamic  unchanged up to max_position_embeddings, the longest text that we take
///     yarn     low ones are divided, high ones are not, between them a ramp; what is turned is
///              scaled by 0.1 ln(factor) + 1 (Peng et al. 2023, arXiv:2309.00071, section 3)
///     llama3   the same with Llama 3.1's ramp and without the scale
#pragma once

#include <cstddef>
#include <string_view>

#include "model/config.h"
#include "tensor/rotary.h"

namespace kindred::model {

/// Where a configuration has the positions of some of its layers.
struct RotaryFields {
  /// In `rope_parameters`: an object of this name within it, where layers differ.
  std::string_view layers;
  std::string_view theta = "rope_theta";  ///< the field of old
  float default_theta = 10000;
  bool scaled = true;  ///< whether the `rope_scaling` of old is about these layers
};

/// For heads of `width` values. `rope_parameters`, where it is there, wins.
Result<tensor::Rotary> read_rotary(const Config& config, std::size_t width,
                                   const RotaryFields& fields = {});

}  // namespace kindred::model
