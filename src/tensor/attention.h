/// Scaled dot-product attention over unpadded sequences (Vaswani et al. 2017, arXiv:1706.03762,
/// section 3.2).
///
/// For each sequence and each head: softmax(scale Q K^T + bias) V. A token attends to tokens of the
/// same sequence and to no other: to all of them, to itself and those before it (causal), or to
/// those within a window (Longformer: Beltagy et al. 2020, arXiv:2004.05150, section 3.1).
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "tensor/distance_bias.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

struct Attention {
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  std::size_t heads = 0;  ///< of the queries
  std::size_t width = 0;  ///< values of a head
  /// Heads of keys and values, each read by heads / key_heads heads of queries that stand side by
  /// side (grouped queries: Ainslie et al. 2023, arXiv:2305.13245); 0: as many as of queries.
  std::size_t key_heads = 0;
  std::optional<float> scale;  ///< nothing: 1 / sqrt(width)
  std::size_t behind = kAll;   ///< how many tokens before itself a token attends to
  std::size_t ahead = kAll;    ///< and how many after itself; 0: causal
  std::optional<DistanceBias> bias;

  std::size_t groups() const { return key_heads == 0 ? heads : key_heads; }
  /// Columns of queries, keys and values side by side.
  std::size_t columns() const { return (heads + 2 * groups()) * width; }
};

/// qkv: rows x how.columns(); a row holds its queries, then keys, then values, head by head.
/// Result: rows x (heads x width). Scratch memory: one sequence's keys and values of one head, and
/// a few rows of scores, a thread; of time, a window's keys count and no others. Its gradient
/// computes the scores anew: attention_gradient.h. `how` must outlive the tape that records this.
///
/// attended: the tokens behind these attend, and nobody attends to them; a token that then has none
/// to attend to gets zeros. Not for tapes.
Tensor attention(Workspace& workspace, const Tensor& qkv, Sequences sequences, const Attention& how,
                 Attended attended = {});

}  // namespace kindred::tensor
