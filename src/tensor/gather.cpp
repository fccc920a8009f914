#include "tensor/gather.h"

#include <cassert>
#include <cstring>
#include <utility>
#include <vector>

#include "tensor/tape.h"

namespace kindred::tensor {
namespace {

/// A lookup as the tape keeps it.
struct Addressed {
  SharedParameter parameter;
  std::vector<std::uint32_t> indices;
};

void add_gradient(const Addressed& lookup, const Tensor& gradient) {
  for (std::size_t row = 0; row < gradient.rows(); ++row) {
    float* sum = lookup.parameter->gradient.data() + lookup.indices[row] * gradient.columns();
    for (std::size_t column = 0; column < gradient.columns(); ++column)
      sum[column] += gradient.row(row)[column];
  }
}

}  // namespace

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
  if (Tape* tape = workspace.recording()) {
    std::vector<Addressed> trained;
    for (const Lookup& lookup : lookups)
      if (lookup.table.parameter != nullptr && lookup.table.parameter->trained())
        trained.push_back({lookup.table.parameter, {lookup.indices.begin(), lookup.indices.end()}});
    tape->record(out, [trained = std::move(trained)](const Tensor& gradient) {
      for (const Addressed& lookup : trained) add_gradient(lookup, gradient);
    });
  }
  return out;
}

}  // namespace kindred::tensor
