#include "words/shared_matrix.h"

#include "base/random.h"
#include "base/thread_pool.h"

namespace kindred::words {

SharedMatrix random_rows(std::size_t rows, std::size_t dimensions, float bound,
                         std::uint64_t seed) {
  SharedMatrix matrix(rows, dimensions);
  constexpr std::size_t kRowsAtOnce = 4096;  // by one thread, from random numbers of their own
  const auto fill = [&](std::size_t item, std::size_t) {
    base::Random random(seed + item * 0x9E3779B97F4A7C15);
    const std::size_t end = std::min((item + 1) * kRowsAtOnce, rows);
    for (std::size_t i = item * kRowsAtOnce; i < end; ++i)
      for (std::size_t k = 0; k < dimensions; ++k)
        matrix.row(i)[k] = (2 * random.uniform() - 1) * bound;
  };
  base::parallel_for((rows + kRowsAtOnce - 1) / kRowsAtOnce, fill);
  return matrix;
}

}  // namespace kindred::words
