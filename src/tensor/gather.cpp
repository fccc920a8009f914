#include "tensor/gather.h"

#include <cassert>
#include <cstring>

namespace kindred::tensor {

Tensor gather_sum(Workspace& workspace, std::span<const Lookup> lookups) {
  const std::size_t rows = lookups.front().indices.size();
  const std::size_t columns = lookups.front().table.columns;
  const std::size_t row_bytes = columns * sizeof(float);
  Tensor out = workspace.tensor(rows, columns);
  for (std::size_t row = 0; row < rows; ++row) {
    float* sum = out.row(row);
    for (const Lookup& lookup : lookups) {
      assert(lookup.indices[row] < lookup.table.rows && lookup.table.columns == columns);
      const std::byte* from = lookup.table.bytes.data() + lookup.indices[row] * row_bytes;
      if (&lookup == lookups.data()) {
        std::memcpy(sum, from, row_bytes);
        continue;
      }
      for (std::size_t column = 0; column < columns; ++column) {
        float value;
        std::memcpy(&value, from + column * sizeof(float), sizeof value);
        sum[column] += value;
      }
    }
  }
  return out;
}

}  // namespace kindred::tensor
