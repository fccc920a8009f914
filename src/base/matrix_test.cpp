#include "kindred/matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

#include "base/aligned.h"

namespace kindred {
namespace {

TEST(Matrix, IsZeroAndAligned) {
  for (const std::size_t dimensions : {1, 3, 16, 384}) {
    const Matrix matrix(5, dimensions);
    EXPECT_EQ(matrix.rows(), 5U);
    EXPECT_EQ(matrix.values().size(), 5 * dimensions);
    EXPECT_TRUE(std::ranges::all_of(matrix.values(), [](float value) { return value == 0; }));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.data()) % base::kAlignment, 0U);
  }
}

TEST(Matrix, MayBeEmpty) {
  for (const auto& [rows, dimensions] :
       {std::pair<std::size_t, std::size_t>{0, 0}, {0, 4}, {4, 0}}) {
    const Matrix matrix(rows, dimensions);
    EXPECT_EQ(matrix.rows(), rows);
    EXPECT_EQ(matrix.dimensions(), dimensions);
    EXPECT_TRUE(matrix.values().empty());
    EXPECT_TRUE(matrix.clone().values().empty());
  }
}

TEST(Matrix, RefusesWhatDoesNotFitMemory) {
  constexpr std::size_t large = std::numeric_limits<std::size_t>::max();
  EXPECT_THROW(static_cast<void>(Matrix(large, large)), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(Matrix(large / 4, 2)), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(Matrix(large / 4, 1)), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(base::AlignedArray<double>(large / 4)), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(base::AlignedArray<char>(large)), std::bad_alloc);
}

TEST(Matrix, IsClonedAndMovedButNeverShared) {
  Matrix matrix(2, 2);
  matrix.row(1)[0] = 3;
  Matrix copy = matrix.clone();
  copy.row(1)[0] = 4;
  EXPECT_EQ(matrix.row(1)[0], 3);
  const float* const values = matrix.data();
  const Matrix moved = std::move(matrix);
  EXPECT_EQ(moved.data(), values);
  EXPECT_EQ(matrix.rows(), 0U);
  EXPECT_TRUE(matrix.values().empty());
  matrix = std::move(copy);
  EXPECT_EQ(matrix.row(1)[0], 4);
}

TEST(MatrixView, SlicesRows) {
  Matrix matrix(4, 2);
  for (std::size_t i = 0; i < 8; ++i) matrix.data()[i] = static_cast<float>(i);
  const MatrixView view = matrix;
  const MatrixView middle = view.slice(1, 2);
  EXPECT_EQ(middle.rows(), 2U);
  EXPECT_EQ(middle.row(1)[1], 5);
  EXPECT_TRUE(view.slice(4, 0).empty());
  EXPECT_TRUE(MatrixView().empty());
}

TEST(AlignedArray, GrowsWhenItHasTo) {
  base::AlignedArray<float> scratch;
  EXPECT_EQ(scratch.size(), 0U);
  scratch.reserve_discarding(10);
  const float* const values = scratch.data();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(values) % base::kAlignment, 0U);
  scratch.reserve_discarding(5);
  EXPECT_EQ(scratch.data(), values);
  EXPECT_EQ(scratch.span().size(), 10U);
}

}  // namespace
}  // namespace kindred
