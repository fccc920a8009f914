/// Layer normalisation (Ba, Kiros, Hinton 2016, arXiv:1607.06450), with the residual addition
/// before it.
///
/// y = (x - mean(x)) / sqrt(variance(x) + epsilon) * gain + bias, over the values of a row; the
/// variance is that of the population.
#pragma once

#include "tensor/parameter.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

struct Norm {
  SharedParameter gain;  // a value each column
  SharedParameter bias;
  float epsilon = 0;
};

/// norm(x + residual), in the memory of x where nothing is recorded. x and residual: rows x
/// columns. The gradient takes the mean and the deviation of each row anew; gain and bias get the
/// sums of blocks of rows, in their order.
Tensor add_norm(Workspace& workspace, Tensor x, const Tensor& residual, const Norm& norm);

/// norm(x), likewise but in memory of its own.
Tensor normalize_rows(Workspace& workspace, const Tensor& x, const Norm& norm);

}  // namespace kindred::tensor
