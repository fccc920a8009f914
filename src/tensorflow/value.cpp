#include "tensorflow/value.h"

#include <fmt/format.h>

#include <cstring>

namespace kindred::tensorflow {

std::optional<std::size_t> count_of(std::span<const std::size_t> shape) {
  std::size_t count = 1;
  bool empty = false;
  for (const std::size_t axis : shape) {
    empty = empty || axis == 0;
    if (axis > kMostValues) return std::nullopt;
    if (axis > 0) count *= axis;
    if (count > kMostValues) return std::nullopt;
  }
  return empty ? 0 : count;
}

std::size_t Value::size() const {
  if (const auto* values = std::get_if<std::vector<float>>(&data)) return values->size();
  if (const auto* values = std::get_if<std::vector<std::int64_t>>(&data)) return values->size();
  if (const auto* values = std::get_if<std::vector<Text>>(&data)) return values->size();
  if (const auto* values = std::get_if<const files::StoredTensor*>(&data)) return (*values)->size();
  return 1;
}

Result<Value> Value::stored(const files::StoredTensor& tensor) {
  Value value{.shape = tensor.shape, .data = &tensor};
  switch (tensor.type) {
    case files::DataType::i32:
      value.type = Type::i32;
      return value.loaded();
    case files::DataType::i64:
      value.type = Type::i64;
      return value.loaded();
    default:
      if (!files::is_real(tensor.type))
        return fail(ErrorCode::unsupported, fmt::format("variable \"{}\" is of type {}",
                                                        tensor.name, files::name_of(tensor.type)));
      value.type = Type::f32;
      return value;
  }
}

Result<Value> Value::loaded() const {
  const auto* stored = std::get_if<const files::StoredTensor*>(&data);
  if (stored == nullptr) return *this;
  const files::StoredTensor& tensor = **stored;
  if (tensor.size() > kMostValues)
    return fail(ErrorCode::unsupported, fmt::format("variable \"{}\" has {} values, {} are read",
                                                    tensor.name, tensor.size(), kMostValues));
  if (type == Type::f32) {
    std::vector<float> values(tensor.size());
    KINDRED_TRY(files::copy_as_f32(tensor, values));
    return floats(shape, std::move(values));
  }
  std::vector<std::int64_t> values(tensor.size());
  const std::size_t bytes = files::bytes_of(tensor.type);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (bytes == sizeof(std::int64_t)) {
      std::memcpy(&values[i], tensor.bytes.data() + i * bytes, bytes);
    } else {
      std::int32_t one = 0;
      std::memcpy(&one, tensor.bytes.data() + i * bytes, sizeof one);
      values[i] = one;
    }
  }
  return integers(type, shape, std::move(values));
}

}  // namespace kindred::tensorflow
