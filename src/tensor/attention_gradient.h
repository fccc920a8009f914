/// The gradient of attention (attention.h).
///
/// With S = Q K^T / sqrt(width) + bias, P = softmax(S) and O = P V, for a gradient dO:
///
///     dV = P^T dO        dP = dO V^T        dS = P (dP - rowsum(P dP)) / sqrt(width)
///     dQ = dS K          dK = dS^T Q
///
/// (products without a sign are value by value). P is computed anew, for a block of queries at a
/// time, as in FlashAttention (Dao et al. 2022, arXiv:2205.14135, section 3.1): memory is linear in
/// the length. A head of a sequence is one item of work, its sums in the order of the queries.
#pragma once

#include <cstddef>

#include "tensor/relative_bias.h"
#include "tensor/tape.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

/// gradient: rows x hidden, of the result. Result: rows x 3 hidden, of qkv. The gradient of the
/// bias, a sum of sqrt(width) dS over the pairs that read it, is added to its table's.
Tensor attention_gradient(Workspace& workspace, const Remembered& qkv, Sequences sequences,
                          std::size_t heads, const RelativeBias* bias, const Tensor& gradient);

}  // namespace kindred::tensor
