#include "words/window_update.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "simd/dispatch.h"
#include "words/shared_matrix.h"

namespace kindred::words {
namespace {

SharedMatrix random_matrix(std::size_t rows, std::size_t dimensions, std::uint64_t seed) {
  SharedMatrix matrix(rows, dimensions);
  base::Random random(seed);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < dimensions; ++k) matrix.row(i)[k] = random.normal() * 0.3F;
  return matrix;
}

std::vector<float*> rows_of(SharedMatrix& matrix) {
  std::vector<float*> rows;
  rows.reserve(matrix.rows());
  for (std::size_t i = 0; i < matrix.rows(); ++i) rows.push_back(matrix.row(i));
  return rows;
}

double dot(const float* a, const float* b, std::size_t size) {
  double sum = 0;
  for (std::size_t k = 0; k < size; ++k) sum += double{a[k]} * b[k];
  return sum;
}

TEST(WindowUpdate, AgreesWithItsDefinitionOnEveryInstructionSet) {
  const auto before = simd::instruction_set();
  for (const std::string_view set : simd::instruction_sets()) {
    ASSERT_TRUE(simd::use_instruction_set(set));
    for (const std::size_t dimensions : {1U, 16U, 17U, 100U})
      for (const std::size_t inputs : {1U, 2U, 7U, 70U})
        for (const std::size_t outputs : {1U, 5U, 6U, 7U, 16U, 64U}) {
          SharedMatrix u = random_matrix(inputs, dimensions, 1);
          SharedMatrix v = random_matrix(outputs, dimensions, 2);
          const SharedMatrix old_u = random_matrix(inputs, dimensions, 1);
          const SharedMatrix old_v = random_matrix(outputs, dimensions, 2);
          SharedMatrix changes(inputs, dimensions);
          std::vector<float> labels(outputs, 0.0F);
          labels[0] = 1;
          constexpr float kRate = 0.1F;
          const auto u_rows = rows_of(u);
          const auto v_rows = rows_of(v);
          const auto targets = rows_of(changes);
          update_window({.inputs = u_rows.data(),
                         .input_count = inputs,
                         .input_targets = targets.data(),
                         .outputs = v_rows.data(),
                         .output_count = outputs,
                         .labels = labels.data(),
                         .rate = kRate,
                         .stride = u.stride()});
          for (std::size_t k = 0; k < u.stride(); ++k) {
            std::vector<double> of_v(outputs, 0);
            for (std::size_t i = 0; i < inputs; ++i) {
              double of_u = 0;
              for (std::size_t j = 0; j < outputs; ++j) {
                const double score = dot(old_u.row(i), old_v.row(j), dimensions);
                const double g = (labels[j] - 1 / (1 + std::exp(-score))) * kRate;
                of_u += g * old_v.row(j)[k];
                of_v[j] += g * old_u.row(i)[k];
              }
              EXPECT_NEAR(changes.row(i)[k], of_u, 2e-6) << set;
              EXPECT_EQ(u.row(i)[k], old_u.row(i)[k]);
            }
            for (std::size_t j = 0; j < outputs; ++j)
              EXPECT_NEAR(v.row(j)[k], old_v.row(j)[k] + of_v[j], 5e-6) << set;
          }
        }
  }
  simd::use_instruction_set(before);
}

/// log sigmoid of the true output and of minus the others: what a step climbs.
double objective(const SharedMatrix& u, const SharedMatrix& v) {
  double sum = 0;
  for (std::size_t i = 0; i < u.rows(); ++i)
    for (std::size_t j = 0; j < v.rows(); ++j) {
      const double score = dot(u.row(i), v.row(j), u.dimensions());
      sum -= std::log1p(std::exp(j == 0 ? -score : score));
    }
  return sum;
}

TEST(WindowUpdate, IsTheSlopeOfItsObjective) {
  constexpr std::size_t kDimensions = 5;
  SharedMatrix u = random_matrix(3, kDimensions, 3);
  SharedMatrix v = random_matrix(4, kDimensions, 4);
  SharedMatrix changes(3, kDimensions);
  SharedMatrix changed = random_matrix(4, kDimensions, 4);
  const auto u_rows = rows_of(u);
  const auto targets = rows_of(changes);
  const auto changed_rows = rows_of(changed);
  const std::vector<float> labels = {1, 0, 0, 0};
  update_window({.inputs = u_rows.data(),
                 .input_count = 3,
                 .input_targets = targets.data(),
                 .outputs = changed_rows.data(),
                 .output_count = 4,
                 .labels = labels.data(),
                 .rate = 1,
                 .stride = u.stride()});
  constexpr float kStep = 1e-2F;
  const auto slope = [&](float& value) {
    const float kept = value;
    value = kept + kStep;
    const double above = objective(u, v);
    value = kept - kStep;
    const double below = objective(u, v);
    value = kept;
    return (above - below) / (2 * kStep);
  };
  for (std::size_t k = 0; k < kDimensions; ++k) {
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(changes.row(i)[k], slope(u.row(i)[k]), 1e-4);
    for (std::size_t j = 0; j < 4; ++j)
      EXPECT_NEAR(changed.row(j)[k] - v.row(j)[k], slope(v.row(j)[k]), 1e-4);
  }
}

TEST(WindowUpdate, ARowThatIsThereTwiceGetsBothChanges) {
  SharedMatrix u = random_matrix(1, 20, 5);
  SharedMatrix v = random_matrix(1, 20, 6);
  SharedMatrix once = random_matrix(1, 20, 6);
  SharedMatrix change(1, 20);
  const std::vector<float> labels = {0, 0};
  const auto u_rows = rows_of(u);
  const auto targets = rows_of(change);
  const auto update = [&](SharedMatrix& outputs, std::size_t count) {
    const std::vector<float*> rows(count, outputs.row(0));
    update_window({.inputs = u_rows.data(),
                   .input_count = 1,
                   .input_targets = targets.data(),
                   .outputs = rows.data(),
                   .output_count = count,
                   .labels = labels.data(),
                   .rate = 0.5F,
                   .stride = u.stride()});
  };
  const SharedMatrix before = random_matrix(1, 20, 6);
  update(v, 2);
  update(once, 1);
  for (std::size_t k = 0; k < 20; ++k)
    EXPECT_NEAR(v.row(0)[k] - before.row(0)[k], 2 * (once.row(0)[k] - before.row(0)[k]), 1e-6);
}

TEST(WindowUpdate, SumsWithWeights) {
  SharedMatrix rows = random_matrix(3, 17, 7);
  const SharedMatrix before = random_matrix(3, 17, 7);
  SharedMatrix out(1, 17);
  const auto pointers = rows_of(rows);
  const std::vector<float> weights = {0.5F, -1.0F, 2.0F};
  sum_of_rows(pointers.data(), weights.data(), 3, rows.stride(), out.row(0));
  add_to_rows(out.row(0), pointers.data(), 2, rows.stride());
  for (std::size_t k = 0; k < 17; ++k) {
    const float sum = 0.5F * before.row(0)[k] - before.row(1)[k] + 2 * before.row(2)[k];
    EXPECT_NEAR(out.row(0)[k], sum, 1e-6);
    EXPECT_NEAR(rows.row(1)[k], before.row(1)[k] + sum, 1e-6);
    EXPECT_EQ(rows.row(2)[k], before.row(2)[k]);
  }
}

}  // namespace
}  // namespace kindred::words
