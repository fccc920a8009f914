#include "math/principal_components.h"

#include <Eigen/Dense>
#include <algorithm>

namespace kindred::math {

PrincipalComponents principal_components(MatrixView rows, std::size_t count) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Rows> values(rows.data(), static_cast<Eigen::Index>(rows.rows()),
                                      static_cast<Eigen::Index>(rows.dimensions()));
  Eigen::MatrixXd centered = values.cast<double>();
  centered.rowwise() -= centered.colwise().mean().eval();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(centered.transpose() * centered);
  const double all = solver.eigenvalues().sum();
  PrincipalComponents found{.rows = Matrix(rows.rows(), count),
                            .shares = std::vector<float>(count)};
  for (std::size_t k = 0; k < std::min(count, rows.dimensions()); ++k) {
    const auto column = static_cast<Eigen::Index>(rows.dimensions() - 1 - k);
    const Eigen::VectorXd along = centered * solver.eigenvectors().col(column);
    Eigen::Index farthest = 0;
    along.cwiseAbs().maxCoeff(&farthest);
    const double sign = along[farthest] < 0 ? -1 : 1;
    for (std::size_t i = 0; i < rows.rows(); ++i)
      found.rows.row(i)[k] = static_cast<float>(sign * along[static_cast<Eigen::Index>(i)]);
    found.shares[k] =
        all > 0 ? static_cast<float>(std::max(solver.eigenvalues()[column], 0.0) / all) : 0;
  }
  return found;
}

}  // namespace kindred::math
