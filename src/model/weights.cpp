#include "model/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>

namespace kindred::model {

using files::StoredTensor;

Weights::Weights(std::filesystem::path path, WeightsFile file, Purpose purpose)
    : path_(std::move(path)),
      file_(std::move(file)),
      purpose_(purpose),
      trained_(std::make_shared<std::vector<NamedParameter>>()) {}

Result<Weights> Weights::open(const std::filesystem::path& folder, Purpose purpose) {
  FoundWeights found = KINDRED_TRY(find_weights(folder));
  return Weights(std::move(found.path), std::move(found.file), purpose);
}

Weights Weights::below(std::string_view prefix) const {
  Weights shorter = *this;
  shorter.prefix_ += prefix;
  return shorter;
}

Weights Weights::below_if_there(std::string_view prefix) const {
  const std::string full = fmt::format("{}{}", prefix_, prefix);
  const bool there = std::ranges::any_of(
      file_->tensors(), [&](const StoredTensor& tensor) { return tensor.name.starts_with(full); });
  return there ? below(prefix) : *this;
}

bool Weights::contains(std::string_view name) const {
  return file_->find(fmt::format("{}{}", prefix_, name)) != nullptr;
}

std::size_t Weights::parameters() const {
  std::size_t count = 0;
  for (const StoredTensor& tensor : file_->tensors())
    if (files::is_real(tensor.type)) count += tensor.size();
  return count;
}

Result<const StoredTensor*> Weights::find(std::string_view name,
                                          std::initializer_list<std::size_t> shape) const {
  const std::string full_name = fmt::format("{}{}", prefix_, name);
  const StoredTensor* tensor = file_->find(full_name);
  if (tensor == nullptr)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: has no tensor \"{}\"", path_.string(), full_name));
  if (!files::is_real(tensor->type))
    return fail(ErrorCode::unsupported,
                fmt::format("{}: tensor \"{}\" is {}, weights are real numbers", path_.string(),
                            full_name, files::name_of(tensor->type)));
  if (!std::ranges::equal(tensor->shape, shape))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: tensor \"{}\" is {}, config.json asks for {}", path_.string(),
                            full_name, fmt::join(tensor->shape, " x "), fmt::join(shape, " x ")));
  return tensor;
}

Result<std::vector<float>> Weights::values(std::string_view name,
                                           std::initializer_list<std::size_t> shape) const {
  const StoredTensor* tensor = KINDRED_TRY(find(name, shape));
  std::vector<float> values(tensor->size());
  KINDRED_TRY(files::copy_as_f32(*tensor, values));
  return values;
}

Result<tensor::SharedParameter> Weights::parameter(std::string_view name,
                                                   std::initializer_list<std::size_t> shape) const {
  if (purpose_ == Purpose::running)
    return tensor::fixed_parameter(KINDRED_TRY(values(name, shape)));
  const StoredTensor* tensor = KINDRED_TRY(find(name, shape));
  const auto known = std::ranges::find(*trained_, tensor->name, &NamedParameter::name);
  if (known != trained_->end()) return known->parameter;
  auto parameter = tensor::trained_parameter(KINDRED_TRY(values(name, shape)));
  trained_->push_back({.name = tensor->name, .shape = tensor->shape, .parameter = parameter});
  return parameter;
}

Result<tensor::Table> Weights::table(std::string_view name, std::size_t rows,
                                     std::size_t columns) const {
  const StoredTensor* tensor = KINDRED_TRY(find(name, {rows, columns}));
  tensor::Table table{
      .bytes = tensor->bytes, .rows = rows, .columns = columns, .type = tensor->type};
  if (purpose_ == Purpose::training) {
    table.parameter = KINDRED_TRY(parameter(name, {rows, columns}));
    table.bytes = std::as_bytes(std::span<const float>(table.parameter->values));
    table.type = files::DataType::f32;
  }
  return table;
}

Result<tensor::SharedParameter> Weights::bias(std::string_view name, std::size_t size,
                                              Bias bias) const {
  if (bias == Bias::without) return tensor::fixed_parameter(std::vector<float>(size));
  return parameter(name, {size});
}

Result<tensor::Linear> Weights::linear(std::span<const NamedLinear> names, std::size_t inputs,
                                       Bias bias) const {
  // Everything is found before memory is taken, so that a configuration of absurd sizes costs
  // nothing.
  std::size_t outputs = 0;
  for (const NamedLinear& one : names) {
    KINDRED_TRY(find(fmt::format("{}.weight", one.name), {one.outputs, inputs}));
    outputs += one.outputs;
  }
  if (purpose_ == Purpose::training) {
    std::vector<tensor::Linear::Part> parts;
    for (const NamedLinear& one : names) {
      auto weight =
          KINDRED_TRY(parameter(fmt::format("{}.weight", one.name), {one.outputs, inputs}));
      auto part_bias = KINDRED_TRY(this->bias(fmt::format("{}.bias", one.name), one.outputs, bias));
      parts.push_back({.weight = std::move(weight), .bias = std::move(part_bias)});
    }
    return tensor::Linear(inputs, std::move(parts));
  }
  tensor::Linear layer(outputs, inputs);
  std::size_t first = 0;
  for (const NamedLinear& one : names) {
    const auto weight =
        KINDRED_TRY(values(fmt::format("{}.weight", one.name), {one.outputs, inputs}));
    const auto part_bias =
        KINDRED_TRY(this->bias(fmt::format("{}.bias", one.name), one.outputs, bias));
    layer.set_rows(first, weight, part_bias->values);
    first += one.outputs;
  }
  return layer;
}

Result<tensor::Linear> Weights::linear(std::initializer_list<std::string_view> names,
                                       std::size_t outputs, std::size_t inputs, Bias bias) const {
  std::vector<NamedLinear> named;
  for (const std::string_view name : names) named.push_back({.name = name, .outputs = outputs});
  return linear(named, inputs, bias);
}

Result<tensor::Linear> Weights::transposed_linear(std::string_view name, std::size_t outputs,
                                                  std::size_t inputs) const {
  const std::string weight_name = fmt::format("{}.weight", name);
  const auto stored = KINDRED_TRY(values(weight_name, {inputs, outputs}));
  std::vector<float> weight(stored.size());
  for (std::size_t input = 0; input < inputs; ++input)
    for (std::size_t output = 0; output < outputs; ++output)
      weight[output * inputs + input] = stored[input * outputs + output];
  auto of_outputs = KINDRED_TRY(parameter(fmt::format("{}.bias", name), {outputs}));
  if (purpose_ == Purpose::running) {
    tensor::Linear layer(outputs, inputs);
    layer.set_rows(0, weight, of_outputs->values);
    return layer;
  }
  auto trained = tensor::trained_parameter(std::move(weight));
  trained_->push_back({.name = prefix_ + weight_name,
                       .shape = {inputs, outputs},
                       .transposed = true,
                       .parameter = trained});
  return tensor::Linear(inputs, {{.weight = std::move(trained), .bias = std::move(of_outputs)}});
}

Result<tensor::Norm> Weights::norm(std::string_view name, std::size_t size, float epsilon,
                                   Bias bias) const {
  const bool old_names = contains(fmt::format("{}.gamma", name));
  auto gain =
      KINDRED_TRY(parameter(fmt::format("{}.{}", name, old_names ? "gamma" : "weight"), {size}));
  auto shift =
      KINDRED_TRY(this->bias(fmt::format("{}.{}", name, old_names ? "beta" : "bias"), size, bias));
  return tensor::Norm{.gain = std::move(gain), .bias = std::move(shift), .epsilon = epsilon};
}

Result<tensor::RmsNorm> Weights::rms_norm(std::string_view name, std::size_t size, float epsilon,
                                          float offset) const {
  auto gain = KINDRED_TRY(parameter(fmt::format("{}.weight", name), {size}));
  return tensor::RmsNorm{.gain = std::move(gain), .epsilon = epsilon, .offset = offset};
}

}  // namespace kindred::model
