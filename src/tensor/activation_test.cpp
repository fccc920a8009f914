#include "tensor/activation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <numeric>
#include <vector>

#include "support/instruction_sets.h"
#include "tensor/gather.h"
#include "tensor/parameter.h"
#include "tensor/tape.h"

namespace kindred::tensor {
namespace {

struct Definition {
  Activation activation;
  std::function<double(double)> value;
  std::function<double(double)> slope;
};

double tanh_argument(double x) {
  return std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
}

const std::vector<Definition> kDefinitions = {
    {Activation::none, [](double x) { return x; }, [](double) { return 1.0; }},
    {Activation::gelu, [](double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); },
     [](double x) {
       return 0.5 * (1 + std::erf(x / std::numbers::sqrt2)) +
              x * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
     }},
    {Activation::gelu_tanh, [](double x) { return 0.5 * x * (1 + std::tanh(tanh_argument(x))); },
     [](double x) {
       const double tanh = std::tanh(tanh_argument(x));
       return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * std::sqrt(2 / std::numbers::pi) *
                                     (1 + 3 * 0.044715 * x * x);
     }},
    {Activation::relu, [](double x) { return std::max(x, 0.0); },
     [](double x) { return x > 0 ? 1.0 : 0.0; }},
    {Activation::tanh, [](double x) { return std::tanh(x); },
     [](double x) { return 1 - std::tanh(x) * std::tanh(x); }},
    {Activation::sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); },
     [](double x) {
       const double value = 1 / (1 + std::exp(-x));
       return value * (1 - value);
     }},
    {Activation::silu, [](double x) { return x / (1 + std::exp(-x)); },
     [](double x) {
       const double share = 1 / (1 + std::exp(-x));
       return std::abs(x) > 700 ? share : share + x * share * (1 - share);
     }},
};

TEST(ActivationTest, ValuesAndSlopesAreThoseOfTheDefinition) {
  std::vector<float> xs = {-1e30F, -50, -10.5F, -9.5F, -1e-20F, 0, 1e-20F, 9.5F, 10.5F, 50, 1e30F};
  for (int i = -60; i <= 60; ++i) xs.push_back(static_cast<float>(i) / 9);
  testing::on_every_instruction_set([&] {
    for (const Definition& definition : kDefinitions) {
      const auto parameter = trained_parameter(xs);
      const Table table{.bytes = std::as_bytes(std::span<const float>(parameter->values)),
                        .rows = xs.size(),
                        .columns = 1,
                        .parameter = parameter};
      std::vector<std::uint32_t> all(xs.size());
      std::iota(all.begin(), all.end(), 0U);
      const Lookup lookup{table, all};
      Workspace workspace;
      Tape tape(workspace);
      const Tensor out =
          activate(workspace, gather_sum(workspace, {&lookup, 1}), definition.activation);
      tape.backward(out, std::vector<float>(xs.size(), 1));
      for (std::size_t i = 0; i < xs.size(); ++i) {
        const double x = xs[i];
        EXPECT_NEAR(out.row(i)[0], definition.value(x), 1e-6 * std::max(1.0, std::abs(x)))
            << static_cast<int>(definition.activation) << " of " << x;
        EXPECT_NEAR(parameter->gradient[i], definition.slope(x), 2e-6)
            << static_cast<int>(definition.activation) << "' of " << x;
      }
    }
  });
}

}  // namespace
}  // namespace kindred::tensor
