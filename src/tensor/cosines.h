/// Cosine similarities of pairs of rows: what most losses of embedding models begin with.
#pragma once

#include "tensor/tensor.h"

namespace kindred::tensor {

/// a, b: rows x columns. Result: rows x 1, row i the cosine of a's row i and b's row i. A row
/// shorter than 1e-8 counts as that long (PyTorch's cosine_similarity), so the cosine of a zero
/// row is 0.
Tensor row_cosines(Workspace& workspace, const Tensor& a, const Tensor& b);

}  // namespace kindred::tensor
