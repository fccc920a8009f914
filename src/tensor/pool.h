/// Many token vectors to one: a row for each sequence.
///
/// The first `skipped` tokens of each sequence (a prompt's) take no part; a sequence that has no
/// others becomes zeros, but for first_pool. Result: sequences x columns.
#pragma once

#include <cstddef>

#include "tensor/tensor.h"

namespace kindred::tensor {

/// The mean of each sequence's rows, special tokens counted.
Tensor mean_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                 std::size_t skipped = 0);

/// Their sum over the square root of their number.
Tensor mean_sqrt_length_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                             std::size_t skipped = 0);

/// Their mean weighted by place: 1 for a sequence's first token, skipped or not, 2 for the next
/// (SGPT: Muennighoff 2022, arXiv:2202.08904, section 3.1).
Tensor weighted_mean_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                          std::size_t skipped = 0);

/// The largest value of each column. Its gradient goes to the first row that has it.
Tensor max_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                std::size_t skipped = 0);

/// Each sequence's first row ([CLS]); where all are skipped, its very first.
Tensor first_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                  std::size_t skipped = 0);

/// Each sequence's last row.
Tensor last_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                 std::size_t skipped = 0);

}  // namespace kindred::tensor
