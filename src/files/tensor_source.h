/// Named tensors, in whatever format a model was published: what the readers of each format have in
/// common.
///
/// A reader checks the whole description of its tensors when it is opened, so that whoever holds a
/// TensorSource can rely on names, shapes and bytes; their values are read where they lie, mapped
/// from the disk where the format allows.
///
/// Thread safety: immutable; read from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/data_type.h"
#include "kindred/result.h"

namespace kindred::files {

/// A tensor as it lies in somebody's memory: row-major, little-endian, product(shape) values. It
/// may start on any byte, so don't read values through a cast pointer: see copy_as_f32().
struct StoredTensor {
  std::string name;
  DataType type = DataType::f32;
  std::vector<std::size_t> shape;  ///< no axes: one value
  std::span<const std::byte> bytes;

  std::size_t size() const { return bytes.size() / bytes_of(type) * values_of(type); }  ///< values
};

/// The values of a tensor of real numbers as float32 (see widen()). `out` has tensor.size() values.
/// Another type is ErrorCode::unsupported and named.
Result<void> copy_as_f32(const StoredTensor& tensor, std::span<float> out);

class TensorSource {
 public:
  virtual ~TensorSource() = default;

  /// Sorted by name, each name once.
  virtual std::span<const StoredTensor> tensors() const = 0;
  /// The files that it was read from, whole, in an order that depends on nothing but them (to hash
  /// them).
  virtual std::vector<std::span<const std::byte>> contents() const = 0;

  /// Nothing where no tensor has this name.
  const StoredTensor* find(std::string_view name) const;

 protected:
  TensorSource() = default;
  TensorSource(const TensorSource&) = default;
  TensorSource& operator=(const TensorSource&) = default;
};

}  // namespace kindred::files
