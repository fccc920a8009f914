/// Steps of GloVe for the pairs of a tile (Pennington et al. 2014, equation 8, by AdaGrad).
///
/// A pair of weight x pulls w_i.c_j + b_i + b_j to log x, by f(x) = min(1, (x / maximum)^0.75)
/// times the difference; each value moves by rate * gradient / sqrt(1 + sum of its squared steps so
/// far). A pair {i, j} is learned in both directions, unless i is j.
///
/// A word's row has four parts of `stride` floats: its vector w, the sums of squares of w's steps,
/// its vector as context c, and theirs. Biases stand in the padding: w[dimensions] is w's and meets
/// a 1 in c, c[dimensions + 1] is c's and meets a 1 in w; so a product of rows is the whole model.
/// Rows may be changed by other threads at the same time (shared_matrix.h).
///
/// Thread safety: as said. Cost: about 20 * stride flops a pair and direction.
#pragma once

#include <cstddef>
#include <span>

#include "words/cooccurrence.h"

namespace kindred::words {

struct GloveTile {
  std::span<const Pair> pairs;
  float* rows = nullptr;     ///< of the block of rows, 4 * stride floats each
  float* columns = nullptr;  ///< of the block of columns
  std::size_t dimensions = 0;
  std::size_t stride = 0;  ///< above dimensions + 1, a multiple of kRowPadding
  float rate = 0;
  float maximum = 100;  ///< weights above it count no more than it
};

void update_glove(const GloveTile& tile);

}  // namespace kindred::words
