#include "words/shared_matrix.h"

#include <numeric>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/thread_pool.h"

namespace kindred::words {

void randomize(SharedMatrix& matrix, std::span<const std::uint32_t> rows, float bound,
               std::uint64_t seed) {
  constexpr std::size_t kRowsAtOnce = 4096;
  const auto fill = [&](std::size_t item, std::size_t) {
    const std::size_t end = std::min((item + 1) * kRowsAtOnce, rows.size());
    for (std::size_t i = item * kRowsAtOnce; i < end; ++i) {
      base::Random random(seed + rows[i] * 0x9E3779B97F4A7C15);
      float* const row = matrix.row(rows[i]);
      for (std::size_t k = 0; k < matrix.dimensions(); ++k)
        row[k] = (2 * random.uniform() - 1) * bound;
    }
  };
  base::parallel_for((rows.size() + kRowsAtOnce - 1) / kRowsAtOnce, fill);
}

std::vector<std::uint32_t> distinct(std::span<const std::uint32_t> rows) {
  std::vector<std::uint8_t> seen;
  if (!rows.empty()) seen.resize(std::size_t{*std::ranges::max_element(rows)} + 1);
  std::vector<std::uint32_t> once;
  for (const std::uint32_t row : rows)
    if (std::exchange(seen[row], std::uint8_t{1}) == 0) once.push_back(row);
  std::ranges::sort(once);
  return once;
}

SharedMatrix random_rows(std::size_t rows, std::size_t dimensions, float bound,
                         std::uint64_t seed) {
  SharedMatrix matrix(rows, dimensions);
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  randomize(matrix, all, bound, seed);
  return matrix;
}

}  // namespace kindred::words
