/// Attention with disentangled positions (DeBERTa: He et al. 2021, arXiv:2006.03654, section 3.1):
/// how two tokens stand to each other is a vector, which both look at.
///
/// For query i and key j of a head, with the row r of their distance i - j:
///
///     score(i, j) = scale (Q_i K_j + Q_i PK_r + K_j PQ_r)
///
/// and softmax(score) V as in attention.h. PK (content to position) and PQ (position to content)
/// are the projections of the positions' embeddings; either may be missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace kindred::tensor {

struct Disentangled {
  std::size_t heads = 0;
  std::size_t width = 0;  ///< values of a head
  float scale = 0;
};

/// qkv: rows x 3 hidden, hidden being heads x width. position_keys, position_queries: positions x
/// hidden; no rows: missing. position_of: the row for each distance from -(n - 1) to n - 1, where n
/// is the longest sequence; rows don't decrease with the distance. Result: rows x hidden.
///
/// Scratch memory of a thread: that of attention(), and a value for each key and position. The
/// gradient is computed pair by pair, without the kernels of products: it is slow.
Tensor disentangled_attention(Workspace& workspace, const Tensor& qkv, Sequences sequences,
                              const Tensor& position_keys, const Tensor& position_queries,
                              std::span<const std::uint32_t> position_of, const Disentangled& how);

}  // namespace kindred::tensor
