#include "tensorflow/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

namespace kindred::tensorflow {

std::unexpected<Error> wrong(std::string_view problem) {
  return fail(ErrorCode::corrupt, std::string(problem));
}

Result<std::size_t> axis_of(std::int64_t axis, std::size_t axes) {
  const auto count = static_cast<std::int64_t>(axes);
  if (axis < -count || axis >= count) return wrong(fmt::format("has no axis {}", axis));
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::size_t extent(std::span<const std::size_t> shape, std::size_t first, std::size_t last) {
  return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(first),
                         shape.begin() + static_cast<std::ptrdiff_t>(last), std::size_t{1},
                         std::multiplies());
}

Result<std::size_t> checked_count(std::span<const std::size_t> shape) {
  const auto count = count_of(shape);
  if (!count)
    return fail(ErrorCode::unsupported, fmt::format("makes more than {} values", kMostValues));
  return *count;
}

Result<const Value*> Call::input(std::size_t i) const {
  if (i >= inputs.size()) return wrong(fmt::format("has {} inputs", inputs.size()));
  return inputs[i];
}

template <typename T>
Result<const std::vector<T>*> Call::values(std::size_t i) const {
  const Value* value = KINDRED_TRY(input(i));
  const auto* values = std::get_if<std::vector<T>>(&value->data);
  if (values == nullptr) return wrong(fmt::format("input {} is of another type", i));
  return values;
}
template Result<const std::vector<float>*> Call::values(std::size_t i) const;
template Result<const std::vector<std::int64_t>*> Call::values(std::size_t i) const;
template Result<const std::vector<Text>*> Call::values(std::size_t i) const;

Result<std::int64_t> Call::integer(std::size_t i) const {
  const auto* values = KINDRED_TRY(integers(i));
  if (values->size() != 1) return wrong(fmt::format("input {} is not one number", i));
  return values->front();
}

Result<std::string_view> Call::text(std::size_t i) const {
  const auto* values = KINDRED_TRY(texts(i));
  if (values->size() != 1) return wrong(fmt::format("input {} is not one text", i));
  return values->front().view();
}

Result<Shape> Call::shape(std::size_t i) const {
  const auto* values = KINDRED_TRY(integers(i));
  Shape shape;
  for (const std::int64_t value : *values) {
    if (value < 0) return wrong(fmt::format("input {} is no shape", i));
    shape.push_back(static_cast<std::size_t>(value));
  }
  return shape;
}

const Operation* find_operation(std::string_view name) {
  static const auto* const kTable = [] {
    auto* table = new std::map<std::string_view, const Operation*>;
    for (const auto operations : {arithmetic_operations(), reductions(), array_operations(),
                                  sparse_operations(), text_operations(), matrix_operations()})
      for (const Operation& operation : operations) table->emplace(operation.name, &operation);
    return table;
  }();
  const auto found = kTable->find(name);
  return found == kTable->end() ? nullptr : found->second;
}

}  // namespace kindred::tensorflow
