/// Layer normalisation (Ba, Kiros, Hinton 2016, arXiv:1607.06450), with the residual addition
/// before it.
///
/// y = (x - mean(x)) / sqrt(variance(x) + epsilon) * gain + bias, over the values of a row; the
/// variance is that of the population.
#pragma once

#include <cstddef>
#include <vector>

#include "tensor/tensor.h"

namespace kindred::tensor {

struct Norm {
  std::vector<float> gain;  // one a column
  std::vector<float> bias;
  float epsilon = 0;
};

/// norm(x + residual), in the memory of x. x and residual: rows x columns.
Tensor add_norm(Tensor x, const Tensor& residual, const Norm& norm);

/// norm(x), in the memory of x.
Tensor normalize_rows(Tensor x, const Norm& norm);

}  // namespace kindred::tensor
