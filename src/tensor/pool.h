/// Many token vectors to one: a row for each sequence.
#pragma once

#include "tensor/tensor.h"

namespace kindred::tensor {

/// The mean of each sequence's rows, special tokens counted. Result: sequences x columns.
Tensor mean_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences);

/// Each sequence's first row ([CLS]). Result: sequences x columns.
Tensor first_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences);

}  // namespace kindred::tensor
