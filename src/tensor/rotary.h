/// Rotary position embeddings (RoFormer: Su et al. 2021, arXiv:2104.09864, section 3.2.2): each
/// pair of a query's or key's values is turned by an angle that grows with its token's place, so
/// that a score depends on the distance of two tokens.
///
/// The values i and i + n of a head make a pair, n being the number of frequencies; what stands
/// beyond 2 n in a head stays as it is.
#pragma once

#include <cstddef>
#include <vector>

#include "tensor/tensor.h"

namespace kindred::tensor {

struct Rotary {
  std::vector<float> frequencies;  ///< radians a token, a value for each pair
  float scale = 1;                 ///< of what is turned (YaRN's attention factor)
};

/// Cosines and sines of every place below `longest`: longest x 2 n. Made once for a batch.
Tensor turns(Workspace& workspace, const Rotary& rotary, std::size_t longest);

/// Turns `heads` heads of `width` values, from a row's first value on, in the memory of x where
/// nothing is recorded. (Queries and keys stand before values: heads counts both.) The gradient is
/// the turn back.
Tensor rotate(Workspace& workspace, Tensor x, Sequences sequences, const Tensor& turns,
              std::size_t heads, std::size_t width);

}  // namespace kindred::tensor
