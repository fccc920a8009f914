// Products of matrices, and what is added to their rows.
#include <algorithm>
#include <array>

#include "tensorflow/operation.h"

namespace kindred::tensorflow {
namespace {

/// A right factor as tensor/product.h takes it.
Result<std::shared_ptr<const tensor::Panels>> pack_right(const Value& right, bool transposed) {
  const auto* values = std::get_if<std::vector<float>>(&right.data);
  if (values == nullptr || right.shape.size() != 2) return wrong("multiplies what is no matrix");
  const std::size_t depth = right.shape[transposed ? 1 : 0];
  const std::size_t columns = right.shape[transposed ? 0 : 1];
  auto panels = std::make_shared<tensor::Panels>(depth, columns);
  if (transposed)
    panels->set_columns(0, *values);
  else
    panels->set_rows(0, *values);
  return panels;
}

Result<void> matrix_product(Call& call) {
  const Value& left = *KINDRED_TRY(call.input(0));
  const Value& right = *KINDRED_TRY(call.input(1));
  if (call.node.flag("transpose_a", false))
    return fail(ErrorCode::unsupported, "turns its left factor");
  const auto& values = *KINDRED_TRY(call.floats(0));
  if (left.shape.size() != 2) return wrong("multiplies what is no matrix");
  auto panels = call.prepared.panels;
  if (!panels) panels = KINDRED_TRY(pack_right(right, call.node.flag("transpose_b", false)));
  if (left.shape[1] != panels->depth()) return wrong("its factors don't go together");
  Shape shape = {left.shape[0], panels->columns()};
  std::vector<float> out(KINDRED_TRY(checked_count(shape)), 0.0F);
  if (!out.empty() && panels->depth() > 0) {
    tensor::Tensor x = call.workspace.tensor(left.shape[0], left.shape[1]);
    std::ranges::copy(values, x.data());
    std::ranges::copy(tensor::product(call.workspace, x, *panels).values(), out.begin());
  }
  call.give(Value::floats(std::move(shape), std::move(out)));
  return {};
}

Result<void> add_bias(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const auto& bias = *KINDRED_TRY(call.floats(1));
  if (call.node.text("data_format").value_or("NHWC") != "NHWC")
    return fail(ErrorCode::unsupported, "adds to another axis than the last");
  std::vector<float> out = *KINDRED_TRY(call.floats(0));
  if (value.shape.empty() || value.shape.back() != bias.size())
    return wrong("its inputs' shapes don't go together");
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += bias[i % bias.size()];
  call.give(Value::floats(value.shape, std::move(out)));
  return {};
}

Result<Prepared> prepare_factor(const Node& node, std::span<const Value* const> inputs) {
  Prepared prepared;
  if (inputs.size() == 2 && inputs[1] != nullptr)
    prepared.panels = KINDRED_TRY(pack_right(*inputs[1], node.flag("transpose_b", false)));
  return prepared;
}

const std::array kOperations = {
    Operation{"MatMul", {"product"}, matrix_product, false, prepare_factor},
    Operation{"BiasAdd", {"output"}, add_bias},
};

}  // namespace

std::span<const Operation> matrix_operations() { return kOperations; }

}  // namespace kindred::tensorflow
