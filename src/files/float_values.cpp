// copy_as_f32(): the float types of safetensors as float32.
#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "files/safetensors.h"

namespace kindred::files {
namespace {

/// IEEE 754 binary16: 1 bit sign, 5 exponent (bias 15), 10 fraction. Every value is a float32 too.
float widen_f16(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t exponent = half >> 10 & 0x1fU;
  const std::uint32_t fraction = half & 0x3ffU;
  if (exponent == 0) {  // zero, or subnormal: fraction * 2^-24
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
  }
  const std::uint32_t rebiased = exponent == 31 ? 255 : exponent + 127 - 15;  // infinity, NaN: 255
  return std::bit_cast<float>(sign | rebiased << 23 | fraction << 13);
}

/// bfloat16 is the upper half of a float32.
float widen_bf16(std::uint16_t upper) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(upper) << 16);
}

template <typename T, typename Convert>
void convert_each(std::span<const std::byte> bytes, std::span<float> out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = convert(value);
  }
}

}  // namespace

Result<void> copy_as_f32(const StoredTensor& tensor, std::span<float> out) {
  if (out.size() != tensor.size())
    return fail(ErrorCode::invalid_argument,
                fmt::format("tensor \"{}\" has {} values, {} are asked", tensor.name, tensor.size(),
                            out.size()));
  switch (tensor.type) {
    case DataType::f32:
      if (!out.empty()) std::memcpy(out.data(), tensor.bytes.data(), tensor.bytes.size());
      return {};
    case DataType::f16:
      convert_each<std::uint16_t>(tensor.bytes, out, widen_f16);
      return {};
    case DataType::bf16:
      convert_each<std::uint16_t>(tensor.bytes, out, widen_bf16);
      return {};
    case DataType::f64:
      convert_each<double>(tensor.bytes, out,
                           [](double value) { return static_cast<float>(value); });
      return {};
    default:
      return fail(ErrorCode::unsupported,
                  fmt::format("tensor \"{}\" holds {} values, F32, F16, BF16 or F64 are needed",
                              tensor.name, name_of(tensor.type)));
  }
}

}  // namespace kindred::files
