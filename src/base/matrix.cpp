#include "kindred/matrix.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "base/aligned.h"

namespace kindred {

Matrix::Matrix(std::size_t rows, std::size_t dimensions) : rows_(rows), dimensions_(dimensions) {
  if (dimensions != 0 &&
      rows > std::numeric_limits<std::size_t>::max() / sizeof(float) / dimensions)
    throw std::bad_alloc();
  if (rows * dimensions == 0) return;
  values_.reset(static_cast<float*>(base::allocate_aligned(rows * dimensions * sizeof(float))));
  std::memset(values_.get(), 0, rows * dimensions * sizeof(float));
}

Matrix Matrix::clone() const {
  Matrix copy(rows_, dimensions_);
  std::ranges::copy(values(), copy.data());
  return copy;
}

void Matrix::Free::operator()(float* values) const { base::free_aligned(values); }

}  // namespace kindred
