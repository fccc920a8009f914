// Singular values beside those of Eigen's full decomposition.
#include "math/randomized_svd.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace kindred::math {
namespace {

/// A matrix whose singular values fall by a factor each.
Eigen::MatrixXf falling_matrix(int rows, int columns, float factor) {
  base::Random random(1);
  Eigen::MatrixXf left(rows, rows);
  Eigen::MatrixXf right(columns, columns);
  for (float& value : left.reshaped()) value = random.normal();
  for (float& value : right.reshaped()) value = random.normal();
  left = Eigen::MatrixXf(Eigen::HouseholderQR<Eigen::MatrixXf>(left).householderQ());
  right = Eigen::MatrixXf(Eigen::HouseholderQR<Eigen::MatrixXf>(right).householderQ());
  Eigen::MatrixXf values = Eigen::MatrixXf::Zero(rows, columns);
  for (int i = 0; i < std::min(rows, columns); ++i)
    values(i, i) = 10 * std::pow(factor, static_cast<float>(i));
  return left * values * right.transpose();
}

Multiply by(const Eigen::MatrixXf& matrix) {
  return [&matrix](MatrixView in, Matrix& out) {
    for (Eigen::Index i = 0; i < matrix.rows(); ++i)
      for (Eigen::Index j = 0; j < matrix.cols(); ++j)
        for (std::size_t k = 0; k < in.dimensions(); ++k)
          out.row(static_cast<std::size_t>(i))[k] +=
              matrix(i, j) * in.row(static_cast<std::size_t>(j))[k];
  };
}

TEST(RandomizedSvd, FindsTheLargestOfAll) {
  for (const auto& [rows, columns] : {std::pair{60, 40}, std::pair{40, 60}, std::pair{50, 50}}) {
    const Eigen::MatrixXf matrix = falling_matrix(rows, columns, 0.8F);
    const Eigen::MatrixXf transposed = matrix.transpose();
    const auto found =
        randomized_svd(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns),
                       by(matrix), by(transposed), {.rank = 8});
    ASSERT_EQ(found.values.size(), 8U);
    ASSERT_EQ(found.vectors.dimensions(), 8U);
    for (std::size_t i = 0; i < 8; ++i) {
      const float value = 10 * std::pow(0.8F, static_cast<float>(i));
      EXPECT_NEAR(found.values[i], value, 1e-3F * value);
      // The left vector's length under A^T is its value, and it is at right angles to the others.
      Eigen::VectorXf left(rows);
      for (int r = 0; r < rows; ++r) left[r] = found.vectors.row(static_cast<std::size_t>(r))[i];
      EXPECT_NEAR((transposed * left).norm(), value, 1e-3F * value);
      EXPECT_NEAR(left.norm(), 1, 1e-4F);
    }
  }
}

TEST(RandomizedSvd, AsksForNoMoreThanThereIs) {
  const Eigen::MatrixXf matrix = falling_matrix(5, 3, 0.5F);
  const Eigen::MatrixXf transposed = matrix.transpose();
  const auto found = randomized_svd(5, 3, by(matrix), by(transposed), {.rank = 100});
  ASSERT_EQ(found.values.size(), 3U);
  EXPECT_NEAR(found.values[2], 2.5F, 1e-4F);
  // Nothing but zeros.
  const Eigen::MatrixXf zeros = Eigen::MatrixXf::Zero(4, 4);
  for (const float value : randomized_svd(4, 4, by(zeros), by(zeros), {.rank = 2}).values)
    EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace kindred::math
