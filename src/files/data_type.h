/// The types of values that files of tensors hold, and how those of real numbers become float32.
///
/// A type is one row of the table in data_type.cpp. Its values stand in blocks: a block of F16 is
/// one value of 2 bytes. Everything is little-endian, and may start on any byte.
///
/// Thread safety: constants and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kindred::files {

/// First those of safetensors in the order of its reference library, which writes tensors of later
/// types first so that each lies on a multiple of its values' size.
enum class DataType : std::uint8_t {
  boolean,
  u8,
  i8,
  f8_e5m2,
  f8_e4m3,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  f64,
  i64,
  u64,
  // Blocks of ggml (ggml_blocks.h).
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q8_0,
  q4_k,
  q5_k,
  q6_k,
};

/// As safetensors spells it: "F32", "BF16".
std::string_view name_of(DataType type);
/// The type that safetensors calls so; nothing where it has none of this name.
std::optional<DataType> type_named(std::string_view name);

/// Bytes of a block, and the values in it.
std::size_t bytes_of(DataType type);
std::size_t values_of(DataType type);
/// Bytes of a tensor of this shape. Nothing where the product overflows or the last axis is not
/// made of whole blocks.
std::optional<std::size_t> bytes_of(std::span<const std::size_t> shape, DataType type);

/// Whether its values are real numbers, which widen() reads.
bool is_real(DataType type);
/// out.size() values, whole blocks of them, as float32: F32 as it is, F16 and BF16 exactly, F64
/// rounded to nearest. `from` holds as many; the type is real.
void widen(DataType type, const std::byte* from, std::span<float> out);

}  // namespace kindred::files
