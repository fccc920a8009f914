/// Rows of tables, looked up and added: how tokens, their places and their segments become the
/// first activations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "files/data_type.h"
#include "tensor/parameter.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

/// A table of rows. Where a model is run only, they lie in its mapped file, in the type they have
/// there: only the rows that are looked up are read from the disk and become float32.
struct Table {
  std::span<const std::byte> bytes;  // rows x columns values, little-endian, of no alignment
  std::size_t rows = 0;
  std::size_t columns = 0;                      // whole blocks of the type
  files::DataType type = files::DataType::f32;  // a type of real numbers
  SharedParameter parameter;  // where it is trained, what `bytes` (then float32) are those of
};

/// One lookup: row indices[i] of the table is added to row i of the result. Every index is below
/// table.rows.
struct Lookup {
  const Table& table;
  std::span<const std::uint32_t> indices;
};

/// The sum of the lookups, from the first to the last. All have as many indices and columns as the
/// first. The gradient of a row of a table is the sum over where it was looked up, in that order.
Tensor gather_sum(Workspace& workspace, std::span<const Lookup> lookups);

}  // namespace kindred::tensor
