/// Principal components (Pearson 1901): the directions in which rows differ most.
///
/// Thread safety: a pure function. Cost: rows * dimensions^2 flops, and dimensions^3.
#pragma once

#include <cstddef>
#include <vector>

#include "kindred/matrix.h"

namespace kindred::math {

struct PrincipalComponents {
  Matrix rows;                ///< where each row lies along each component, of mean 0
  std::vector<float> shares;  ///< of the whole variance, that of each component, falling
};

/// Of one row at least; what is asked for beyond the dimensions is 0. A component points to where
/// the row farthest along it lies, so that it has one sign.
PrincipalComponents principal_components(MatrixView rows, std::size_t count);

}  // namespace kindred::math
