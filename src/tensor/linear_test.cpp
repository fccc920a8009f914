#include "tensor/linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "kindred/threads.h"
#include "support/instruction_sets.h"

namespace kindred::tensor {
namespace {

struct Case {
  std::size_t rows, inputs, outputs;
};

std::vector<float> random_values(base::Random& random, std::size_t size) {
  std::vector<float> values(size);
  for (float& value : values) value = random.normal();
  return values;
}

Tensor tensor_of(Workspace& workspace, const std::vector<float>& values, std::size_t columns) {
  Tensor tensor = workspace.tensor(values.size() / columns, columns);
  std::ranges::copy(values, tensor.data());
  return tensor;
}

double exact_gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }

TEST(LinearTest, AgreesWithTheDefinitionOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(1);
    // Heights around the tiles' 4 and 12 rows and the block's 144, widths around panels of 8 to 32
    // columns.
    for (const Case c : {Case{1, 1, 1},
                         {3, 5, 7},
                         {4, 8, 8},
                         {5, 16, 31},
                         {11, 7, 32},
                         {12, 9, 33},
                         {13, 64, 15},
                         {143, 3, 17},
                         {145, 4, 40},
                         {300, 33, 70}}) {
      const auto x = random_values(random, c.rows * c.inputs);
      const auto weight = random_values(random, c.outputs * c.inputs);
      const auto bias = random_values(random, c.outputs);
      Linear layer(c.outputs, c.inputs);
      layer.set_rows(0, weight, bias);
      Workspace workspace;
      const Tensor input = tensor_of(workspace, x, c.inputs);
      const Tensor plain = linear(workspace, input, layer);
      const Tensor activated = linear(workspace, input, layer, Activation::gelu);
      for (std::size_t row = 0; row < c.rows; ++row)
        for (std::size_t output = 0; output < c.outputs; ++output) {
          double sum = bias[output];
          double magnitude = std::abs(sum);
          for (std::size_t k = 0; k < c.inputs; ++k) {
            const double product = double{x[row * c.inputs + k]} * weight[output * c.inputs + k];
            sum += product;
            magnitude += std::abs(product);
          }
          const double tolerance = 1e-6 * magnitude + 1e-6;
          ASSERT_NEAR(plain.row(row)[output], sum, tolerance)
              << c.rows << "x" << c.inputs << "x" << c.outputs;
          ASSERT_NEAR(activated.row(row)[output], exact_gelu(sum), 1.2 * tolerance);
        }
    }
  });
}

TEST(LinearTest, PacksSeveralLayersSideBySide) {
  base::Random random(2);
  constexpr std::size_t kInputs = 6;
  constexpr std::size_t kOutputs = 5;  // parts begin in the middle of a panel
  Linear together(3 * kOutputs, kInputs);
  Workspace workspace;
  const Tensor x = tensor_of(workspace, random_values(random, 4 * kInputs), kInputs);
  std::vector<Tensor> apart;
  for (std::size_t part = 0; part < 3; ++part) {
    const auto weight = random_values(random, kOutputs * kInputs);
    const auto bias = random_values(random, kOutputs);
    together.set_rows(part * kOutputs, weight, bias);
    Linear alone(kOutputs, kInputs);
    alone.set_rows(0, weight, bias);
    apart.push_back(linear(workspace, x, alone));
  }
  const Tensor result = linear(workspace, x, together);
  for (std::size_t row = 0; row < 4; ++row)
    for (std::size_t output = 0; output < 3 * kOutputs; ++output)
      EXPECT_EQ(result.row(row)[output], apart[output / kOutputs].row(row)[output % kOutputs]);
}

TEST(LinearTest, ARowDependsOnThatRowAlone) {
  testing::on_every_instruction_set([] {
    base::Random random(3);
    constexpr std::size_t kInputs = 40;
    constexpr std::size_t kOutputs = 50;
    constexpr std::size_t kRows = 161;
    Linear layer(kOutputs, kInputs);
    layer.set_rows(0, random_values(random, kOutputs * kInputs), random_values(random, kOutputs));
    Workspace workspace;
    const auto values = random_values(random, kRows * kInputs);
    for (const std::size_t thread_count : {1, 2, 5}) {
      set_threads(thread_count);
      const Tensor all =
          linear(workspace, tensor_of(workspace, values, kInputs), layer, Activation::gelu);
      for (const std::size_t row : {0, 1, 11, 12, 143, 144, 160}) {
        Tensor one = workspace.tensor(1, kInputs);
        std::copy_n(values.data() + row * kInputs, kInputs, one.data());
        const Tensor alone = linear(workspace, one, layer, Activation::gelu);
        for (std::size_t output = 0; output < kOutputs; ++output)
          ASSERT_EQ(alone.row(0)[output], all.row(row)[output])
              << "row " << row << ", threads " << thread_count;
      }
    }
    set_threads(0);
  });
}

TEST(LinearTest, GeluHoldsAtTheEnds) {
  testing::on_every_instruction_set([] {
    Linear identity(1, 1);
    identity.set_rows(0, std::vector{1.0F}, std::vector{0.0F});
    Workspace workspace;
    const std::vector<float> xs = {-1e30F, -50,  -6,   -5.7F, -1e-20F, 0,
                                   1e-20F, 0.5F, 5.7F, 50,    1e30F};
    const Tensor y = linear(workspace, tensor_of(workspace, xs, 1), identity, Activation::gelu);
    for (std::size_t i = 0; i < xs.size(); ++i)
      EXPECT_NEAR(y.row(i)[0], exact_gelu(xs[i]), 1e-6 * std::max(1.0F, std::abs(xs[i]))) << xs[i];
  });
}

}  // namespace
}  // namespace kindred::tensor
