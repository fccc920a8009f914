/// The gradient of attention (attention.h).
///
/// With S = scale Q K^T + bias, P = softmax(S) and O = P V, for a gradient dO:
///
///     dV = P^T dO             dP = dO V^T       dS = P (dP - rowsum(P dP))
///     dQ = scale dS K         dK = scale dS^T Q
///
/// (products without a sign are value by value). P is computed anew, for a block of queries at a
/// time, as in FlashAttention (Dao et al. 2022, arXiv:2205.14135, section 3.1): memory is linear in
/// the length. A head of a sequence's keys is one item of work, its sums in the order of the
/// queries and of the heads that read it. Windows save no time here: all scores are computed.
#pragma once

#include <cstddef>

#include "tensor/attention.h"
#include "tensor/tape.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

/// gradient: rows x (heads x width), of the result. Result: rows x how.columns(), of qkv. The
/// gradient of the bias, a sum of dS over the pairs that read it, is added to its table's.
Tensor attention_gradient(Workspace& workspace, const Remembered& qkv, Sequences sequences,
                          const Attention& how, const Tensor& gradient);

}  // namespace kindred::tensor
