// Gradients that a tape finds, against differences of what was computed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.h"
#include "tensor/parameter.h"
#include "tensor/tape.h"
#include "tensor/tensor.h"

namespace kindred::testing {

inline std::vector<float> random_values(base::Random& random, std::size_t size, float spread = 1) {
  std::vector<float> values(size);
  for (float& value : values) value = spread * random.normal();
  return values;
}

/// What is checked: from Parameters to a tensor.
using Forward = std::function<tensor::Tensor(tensor::Workspace&)>;

/// The loss is a fixed random combination of the outputs.
inline double loss(const Forward& forward, std::vector<float>* weights = nullptr) {
  tensor::Workspace workspace;
  const tensor::Tensor out = forward(workspace);
  base::Random random(99);
  const auto of = random_values(random, out.values().size());
  double sum = 0;
  for (std::size_t i = 0; i < of.size(); ++i) sum += double{of[i]} * out.data()[i];
  if (weights != nullptr) *weights = of;
  return sum;
}

/// How far differences reach, and by how much they may differ, relative to the largest value of a
/// gradient. Deep models bend more: they need shorter steps, which round more.
struct Differences {
  float step = 0.02F;
  double tolerance = 1e-3;
  double least = 1e-3;  // what a gradient's largest value counts as where it is smaller
};

/// d loss / d step along `direction`, by differences of two widths, from which the error of the
/// second order is taken out (Richardson).
inline double slope(const Forward& forward, tensor::Parameter& parameter,
                    const std::vector<float>& direction, float width) {
  const std::vector<float> at = parameter.values;
  const auto difference = [&](float step) {
    double ends[2];
    for (const int side : {0, 1}) {
      for (std::size_t i = 0; i < at.size(); ++i)
        parameter.values[i] = at[i] + (side == 0 ? step : -step) * direction[i];
      ends[side] = loss(forward);
    }
    return (ends[0] - ends[1]) / (2.0 * static_cast<double>(step));
  };
  const double wide = difference(2 * width);
  const double narrow = difference(width);
  parameter.values = at;
  return (4 * narrow - wide) / 3;
}

/// Compares gradients: along every value of small parameters, along random directions of others.
inline void expect_right_gradients(const Forward& forward,
                                   const std::vector<tensor::SharedParameter>& parameters,
                                   const std::string& what, Differences differences = {}) {
  std::vector<float> weights;
  loss(forward, &weights);
  for (const tensor::SharedParameter& parameter : parameters)
    std::ranges::fill(parameter->gradient, 0.0F);
  {
    tensor::Workspace workspace;
    tensor::Tape tape(workspace);
    const tensor::Tensor out = forward(workspace);
    tape.backward(out, weights);
  }
  base::Random random(5);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    tensor::Parameter& parameter = *parameters[p];
    double largest = differences.least;
    for (const float value : parameter.gradient)
      largest = std::max(largest, std::abs(double{value}));
    const bool small = parameter.values.size() <= 64;
    for (std::size_t i = 0; i < (small ? parameter.values.size() : 12); ++i) {
      std::vector<float> direction(parameter.values.size());
      if (small) {
        direction[i] = 1;
      } else {
        direction = random_values(random, direction.size(),
                                  1 / std::sqrt(static_cast<float>(direction.size())));
      }
      const double expected = slope(forward, parameter, direction, differences.step);
      const double found =
          std::inner_product(direction.begin(), direction.end(), parameter.gradient.begin(), 0.0);
      ASSERT_NEAR(found, expected, differences.tolerance * largest)
          << what << ", parameter " << p << ", " << i;
    }
  }
}

}  // namespace kindred::testing
