/// Normalisation by the root of the mean square (Zhang and Sennrich 2019, arXiv:1910.07467,
/// section 4).
///
/// y = x / sqrt(mean(x^2) + epsilon) * (gain + offset), over the values of a row.
#pragma once

#include <cstddef>

#include "tensor/parameter.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

struct RmsNorm {
  SharedParameter gain;  // a value each column
  float epsilon = 0;
  float offset = 0;  // 1 where a file holds the gain's distance from 1
};

/// x: rows x columns. The gradient takes the mean square of each row anew; the gain gets the sums
/// of blocks of rows, in their order.
Tensor rms_norm(Workspace& workspace, const Tensor& x, const RmsNorm& norm);

/// The same over each of `heads` pieces of a row, as wide as the gain, from column `first` on; in
/// the memory of x where nothing is recorded. Other columns stay as they are.
Tensor rms_norm_heads(Workspace& workspace, Tensor x, std::size_t first, std::size_t heads,
                      const RmsNorm& norm);

}  // namespace kindred::tensor
