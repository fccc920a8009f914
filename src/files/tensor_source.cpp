#include "files/tensor_source.h"

#include <fmt/format.h>

#include <algorithm>

namespace kindred::files {

Result<void> copy_as_f32(const StoredTensor& tensor, std::span<float> out) {
  if (out.size() != tensor.size())
    return fail(ErrorCode::invalid_argument,
                fmt::format("tensor \"{}\" has {} values, {} are asked", tensor.name, tensor.size(),
                            out.size()));
  if (!is_real(tensor.type))
    return fail(ErrorCode::unsupported,
                fmt::format("tensor \"{}\" holds {} values, real numbers are needed", tensor.name,
                            name_of(tensor.type)));
  widen(tensor.type, tensor.bytes.data(), out);
  return {};
}

const StoredTensor* TensorSource::find(std::string_view name) const {
  const auto sorted = tensors();
  const auto found = std::ranges::lower_bound(sorted, name, {}, &StoredTensor::name);
  return found != sorted.end() && found->name == name ? &*found : nullptr;
}

}  // namespace kindred::files
