#include "math/randomized_svd.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace kindred::math {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MapOfRows = Eigen::Map<Rows>;
using MapOfConstRows = Eigen::Map<const Rows>;

MapOfRows map_of(Matrix& matrix) {
  return {matrix.data(), static_cast<Eigen::Index>(matrix.rows()),
          static_cast<Eigen::Index>(matrix.dimensions())};
}

/// The same span, by orthonormal columns.
void orthonormalize(Matrix& matrix) {
  auto rows = map_of(matrix);
  const Eigen::HouseholderQR<Eigen::MatrixXf> qr(rows);
  rows = qr.householderQ() * Eigen::MatrixXf::Identity(rows.rows(), rows.cols());
}

Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Matrix matrix(rows, columns);
  base::Random random(seed);
  for (float& value : matrix.values()) value = random.normal();
  return matrix;
}

}  // namespace

LeftSingular randomized_svd(std::size_t rows, std::size_t columns, const Multiply& multiply,
                            const Multiply& multiply_transposed,
                            const RandomizedSvdOptions& options) {
  const std::size_t most = std::min(rows, columns);
  const std::size_t rank = std::min(options.rank, most);
  const std::size_t width = std::min(options.rank + options.oversampling, most);
  const auto product = [&](const Multiply& by, std::size_t size, const Matrix& in) {
    Matrix out(size, width);
    by(in, out);
    return out;
  };
  Matrix span = product(multiply, rows, random_matrix(columns, width, options.seed));
  orthonormalize(span);
  for (std::size_t i = 0; i < options.iterations; ++i) {
    Matrix across = product(multiply_transposed, columns, span);
    orthonormalize(across);
    span = product(multiply, rows, across);
    orthonormalize(span);
  }
  // With B = span^T A, the singular vectors of A within the span are span times those of B, which
  // are the eigenvectors of B B^T.
  Matrix transposed = product(multiply_transposed, columns, span);
  const Eigen::MatrixXd b = map_of(transposed).cast<double>();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(b.transpose() * b);
  LeftSingular result{.vectors = Matrix(rows, rank), .values = std::vector<float>(rank)};
  const auto kept = static_cast<Eigen::Index>(rank);
  const Eigen::MatrixXf largest =
      solver.eigenvectors().rightCols(kept).rowwise().reverse().cast<float>();
  map_of(result.vectors) = map_of(span) * largest;
  for (std::size_t i = 0; i < rank; ++i) {
    const double square = solver.eigenvalues()[static_cast<Eigen::Index>(width - 1 - i)];
    result.values[i] = static_cast<float>(std::sqrt(std::max(square, 0.0)));
  }
  return result;
}

}  // namespace kindred::math
