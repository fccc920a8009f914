/// The largest singular values of a large matrix, and the vectors on their left.
///
/// Halko, Martinsson and Tropp 2011 (arXiv:0909.4061, algorithms 4.4 and 5.1): the matrix times a
/// few random vectors spans nearly what its largest singular vectors span; some passes over the
/// matrix and its transpose make the rest smaller beside them, and within that span the values are
/// those of a small matrix. The matrix is only ever multiplied: it may be sparse, or a function.
///
/// Thread safety: as that of the products, which are called one after the other. Cost: of passes
/// over the matrix 2 * iterations + 2, each times rank + oversampling vectors; O(size * (rank +
/// oversampling)^2) flops beside them, in one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "kindred/matrix.h"

namespace kindred::math {

/// out = A in, or A^T in: `in` has a row for each column of A (of A^T), `out` one for each row,
/// and both the same number of columns. `out` holds zeros.
using Multiply = std::function<void(MatrixView in, Matrix& out)>;

struct RandomizedSvdOptions {
  std::size_t rank = 100;
  std::size_t oversampling = 10;
  std::size_t iterations = 4;
  std::uint64_t seed = 1;
};

struct LeftSingular {
  Matrix vectors;             ///< rows x rank, orthonormal columns
  std::vector<float> values;  ///< falling
};

/// Of a matrix of rows x columns. The rank becomes that of the matrix at most: what is asked for
/// beyond min(rows, columns) is left out.
LeftSingular randomized_svd(std::size_t rows, std::size_t columns, const Multiply& multiply,
                            const Multiply& multiply_transposed,
                            const RandomizedSvdOptions& options = {});

}  // namespace kindred::math
