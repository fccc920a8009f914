#include "files/data_type.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

#include "files/ggml_blocks.h"

namespace kindred::files {
namespace {

static_assert(std::endian::native == std::endian::little, "values are read as they lie");

/// IEEE 754 binary16: 1 bit sign, 5 exponent (bias 15), 10 fraction. Every value is a float32 too.
float widen_half(std::uint16_t half) {
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

template <typename T, typename Convert>
void convert_each(const std::byte* from, std::span<float> out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, from + i * sizeof(T), sizeof(T));
    out[i] = convert(value);
  }
}

void widen_f16(const std::byte* from, std::span<float> out) {
  convert_each<std::uint16_t>(from, out, widen_half);
}

/// bfloat16 is the upper half of a float32.
void widen_bf16(const std::byte* from, std::span<float> out) {
  convert_each<std::uint16_t>(from, out, [](std::uint16_t upper) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(upper) << 16);
  });
}

void widen_f32(const std::byte* from, std::span<float> out) {
  if (!out.empty()) std::memcpy(out.data(), from, out.size_bytes());
}

void widen_f64(const std::byte* from, std::span<float> out) {
  convert_each<double>(from, out, [](double value) { return static_cast<float>(value); });
}

struct TypeRow {
  DataType type;
  std::string_view name;
  std::size_t bytes;                                                 // of a block
  void (*widen)(const std::byte* from, std::span<float>) = nullptr;  // where values are real
  std::size_t values = 1;                                            // in a block
};
constexpr std::array kTypes{
    TypeRow{DataType::boolean, "BOOL", 1},
    TypeRow{DataType::u8, "U8", 1},
    TypeRow{DataType::i8, "I8", 1},
    TypeRow{DataType::f8_e5m2, "F8_E5M2", 1},
    TypeRow{DataType::f8_e4m3, "F8_E4M3", 1},
    TypeRow{DataType::i16, "I16", 2},
    TypeRow{DataType::u16, "U16", 2},
    TypeRow{DataType::f16, "F16", 2, widen_f16},
    TypeRow{DataType::bf16, "BF16", 2, widen_bf16},
    TypeRow{DataType::i32, "I32", 4},
    TypeRow{DataType::u32, "U32", 4},
    TypeRow{DataType::f32, "F32", 4, widen_f32},
    TypeRow{DataType::f64, "F64", 8, widen_f64},
    TypeRow{DataType::i64, "I64", 8},
    TypeRow{DataType::u64, "U64", 8},
    TypeRow{DataType::q4_0, "Q4_0", kQ4_0Bytes, widen_q4_0, kSmallBlock},
    TypeRow{DataType::q4_1, "Q4_1", kQ4_1Bytes, widen_q4_1, kSmallBlock},
    TypeRow{DataType::q5_0, "Q5_0", kQ5_0Bytes, widen_q5_0, kSmallBlock},
    TypeRow{DataType::q5_1, "Q5_1", kQ5_1Bytes, widen_q5_1, kSmallBlock},
    TypeRow{DataType::q8_0, "Q8_0", kQ8_0Bytes, widen_q8_0, kSmallBlock},
    TypeRow{DataType::q4_k, "Q4_K", kQ4_KBytes, widen_q4_k, kLargeBlock},
    TypeRow{DataType::q5_k, "Q5_K", kQ5_KBytes, widen_q5_k, kLargeBlock},
    TypeRow{DataType::q6_k, "Q6_K", kQ6_KBytes, widen_q6_k, kLargeBlock},
};
static_assert(std::ranges::all_of(kTypes, [](const TypeRow& row) {
  return &row == &kTypes[static_cast<std::size_t>(row.type)];
}));

const TypeRow& row_of(DataType type) { return kTypes[static_cast<std::size_t>(type)]; }

}  // namespace

std::string_view name_of(DataType type) { return row_of(type).name; }
std::size_t bytes_of(DataType type) { return row_of(type).bytes; }
std::size_t values_of(DataType type) { return row_of(type).values; }

std::optional<DataType> type_named(std::string_view name) {
  for (const TypeRow& row : kTypes)
    if (row.name == name && row.type <= DataType::u64) return row.type;
  return {};
}

std::optional<std::size_t> bytes_of(std::span<const std::size_t> shape, DataType type) {
  const TypeRow& row = row_of(type);
  if (std::ranges::find(shape, std::size_t{0}) != shape.end()) return 0;
  if ((shape.empty() ? 1 : shape.back()) % row.values != 0) return {};
  std::size_t values = 1;
  for (const std::size_t axis : shape)
    if (__builtin_mul_overflow(values, axis, &values)) return {};
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(values / row.values, row.bytes, &bytes)) return {};
  return bytes;
}

bool is_real(DataType type) { return row_of(type).widen != nullptr; }

void widen(DataType type, const std::byte* from, std::span<float> out) {
  assert(is_real(type) && out.size() % values_of(type) == 0);
  row_of(type).widen(from, out);
}

}  // namespace kindred::files
