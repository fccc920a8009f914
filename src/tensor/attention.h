/// Scaled dot-product attention over unpadded sequences (Vaswani et al. 2017, arXiv:1706.03762,
/// section 3.2).
///
/// For each sequence and each head: softmax(Q K^T / sqrt(head width) + bias) V. Every token of a
/// sequence attends to every token of the same sequence and to no other.
#pragma once

#include <cstddef>

#include "tensor/relative_bias.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

/// qkv: rows x 3 hidden; a row holds its query, key and value, each `heads` heads of hidden / heads
/// values. Result: rows x hidden. Scratch memory: one sequence's keys and values of one head, and a
/// few rows of scores, a thread. Its gradient computes the scores anew: attention_gradient.h.
/// bias: nullptr is none; it must outlive the tape that records this.
Tensor attention(Workspace& workspace, const Tensor& qkv, Sequences sequences, std::size_t heads,
                 const RelativeBias* bias = nullptr);

}  // namespace kindred::tensor
