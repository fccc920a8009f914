/// Rows of tables, looked up and added: how tokens, their places and their segments become the
/// first activations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace kindred::tensor {

/// A table of rows that lie in a mapped file: only the rows that are looked up are read from the
/// disk. `values` keeps no alignment.
struct Table {
  std::span<const std::byte> bytes;  // rows x columns float32, little-endian
  std::size_t rows = 0;
  std::size_t columns = 0;
};

/// One lookup: row indices[i] of the table is added to row i of the result. Every index is below
/// table.rows.
struct Lookup {
  const Table& table;
  std::span<const std::uint32_t> indices;
};

/// The sum of the lookups, from the first to the last. All have as many indices and columns as the
/// first.
Tensor gather_sum(Workspace& workspace, std::span<const Lookup> lookups);

}  // namespace kindred::tensor
