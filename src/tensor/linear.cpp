#include "tensor/linear.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "tensor/tape.h"

namespace kindred::tensor {
namespace {

/// The packed form of a layer of Parameters, as they are now.
Linear packed(const Linear& layer) {
  Linear out(layer.outputs(), layer.inputs());
  std::size_t first = 0;
  for (const Linear::Part& part : layer.parts()) {
    out.set_rows(first, part.weight->values, part.bias->values);
    first += part.bias->values.size();
  }
  return out;
}

/// W, packed for the product with a gradient: outputs deep, `inputs` columns.
Panels weights_as_rows(const Linear& layer) {
  Panels rows(layer.outputs(), layer.inputs());
  if (layer.parts().empty()) {
    std::vector<float> weight(layer.outputs() * layer.inputs());
    layer.panels().copy_columns(0, weight);
    rows.set_rows(0, weight);
  }
  std::size_t first = 0;
  for (const Linear::Part& part : layer.parts()) {
    rows.set_rows(first, part.weight->values);
    first += part.bias->values.size();
  }
  return rows;
}

Tensor transpose(Workspace& workspace, const Tensor& x) {
  Tensor out = workspace.tensor(x.columns(), x.rows());
  // In blocks of a cache line each way.
  constexpr std::size_t kBlock = 16;
  for (std::size_t top = 0; top < x.rows(); top += kBlock)
    for (std::size_t left = 0; left < x.columns(); left += kBlock)
      for (std::size_t row = top; row < std::min(top + kBlock, x.rows()); ++row)
        for (std::size_t column = left; column < std::min(left + kBlock, x.columns()); ++column)
          out.row(column)[row] = x.row(row)[column];
  return out;
}

/// d loss / d W = gradient^T x, d loss / d b = the sum of the gradient's rows.
void add_parameter_gradients(Workspace& workspace, const Linear& layer, const Remembered& x,
                             const Tensor& gradient) {
  if (std::ranges::none_of(layer.parts(), [](const Linear::Part& part) {
        return part.weight->trained() || part.bias->trained();
      }))
    return;
  Panels inputs(x.rows, x.columns);
  inputs.set_rows(0, {x.values, x.rows * x.columns});
  const Tensor transposed = transpose(workspace, gradient);
  const Tensor weights = product(workspace, transposed, inputs);
  std::size_t first = 0;
  for (const Linear::Part& part : layer.parts()) {
    const std::size_t outputs = part.bias->values.size();
    if (part.weight->trained())
      for (std::size_t i = 0; i < outputs * x.columns; ++i)
        part.weight->gradient[i] += weights.row(first)[i];
    if (part.bias->trained())
      for (std::size_t output = 0; output < outputs; ++output) {
        const float* values = transposed.row(first + output);
        float sum = 0;
        for (std::size_t row = 0; row < x.rows; ++row) sum += values[row];
        part.bias->gradient[output] += sum;
      }
    first += outputs;
  }
}

}  // namespace

Linear::Linear(std::size_t outputs, std::size_t inputs)
    : outputs_(outputs), inputs_(inputs), panels_(inputs, outputs) {
  bias_ = base::AlignedArray<float>(panels_.padded_columns());
  std::ranges::fill(bias_.span(), 0.0F);
}

Linear::Linear(std::size_t inputs, std::vector<Part> parts)
    : inputs_(inputs), parts_(std::move(parts)) {
  for (const Part& part : parts_) {
    assert(part.weight->values.size() == part.bias->values.size() * inputs);
    outputs_ += part.bias->values.size();
  }
}

void Linear::set_rows(std::size_t first, std::span<const float> weight,
                      std::span<const float> bias) {
  assert(first + bias.size() <= outputs_ && weight.size() == bias.size() * inputs_);
  std::ranges::copy(bias, bias_.data() + first);
  panels_.set_columns(first, weight);
}

Tensor linear(Workspace& workspace, const Tensor& x, const Linear& layer, Activation activation) {
  Linear of_parameters;
  if (!layer.parts().empty()) of_parameters = packed(layer);
  const Linear& weights = layer.parts().empty() ? layer : of_parameters;
  Tape* tape = workspace.recording();
  if (tape == nullptr) return product(workspace, x, weights.panels(), weights.bias(), activation);

  Tensor out = product(workspace, x, weights.panels(), weights.bias());
  tape->record(out, [&workspace, tape, &layer, input = tape->remember(x)](const Tensor& gradient) {
    if (input.number != 0) tape->add(input, product(workspace, gradient, weights_as_rows(layer)));
    add_parameter_gradients(workspace, layer, input, gradient);
  });
  return activation == Activation::none ? std::move(out) : activate(workspace, out, activation);
}

}  // namespace kindred::tensor
