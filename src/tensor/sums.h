/// Sums and multiples of tensors, value by value.
#pragma once

#include "tensor/tensor.h"

namespace kindred::tensor {

/// x + y, of one shape, in the memory of x where nothing is recorded: the residual addition of
/// layers that are normalised before they begin (pre-norm).
Tensor add(Workspace& workspace, Tensor x, const Tensor& y);

/// factor x, likewise.
Tensor scale(Workspace& workspace, Tensor x, float factor);

}  // namespace kindred::tensor
