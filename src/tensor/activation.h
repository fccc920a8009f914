/// The functions between an encoder's layers, value by value.
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace kindred::tensor {

enum class Activation : std::uint8_t {
  none,
  gelu,       ///< x (1 + erf(x / sqrt 2)) / 2: the exact form (Hendrycks and Gimpel 2016)
  gelu_tanh,  ///< x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2: its approximation, section 2
  relu,       ///< max(x, 0)
  tanh,
  sigmoid,  ///< 1 / (1 + e^-x)
  silu,     ///< x / (1 + e^-x) (Elfwing et al. 2018, section 2; also called swish)
};

/// activation(x). The same bits as where linear() applies it on the way.
Tensor activate(Workspace& workspace, const Tensor& x, Activation activation);

}  // namespace kindred::tensor
