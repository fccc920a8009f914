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

const std::byte* row_of(const Table& table, std::size_t row) {
  const std::size_t row_bytes =
      table.columns / files::values_of(table.type) * files::bytes_of(table.type);
  return table.bytes.data() + row * row_bytes;
}

}  // namespace

Tensor gather_sum(Workspace& workspace, std::span<const Lookup> lookups) {
  const std::size_t rows = lookups.front().indices.size();
  const std::size_t columns = lookups.front().table.columns;
  Tensor out = workspace.tensor(rows, columns);
  std::vector<float> widened;  // a row of a table of another type
  for (std::size_t row = 0; row < rows; ++row) {
    const std::span<float> sum(out.row(row), columns);
    for (const Lookup& lookup : lookups) {
      assert(lookup.indices[row] < lookup.table.rows && lookup.table.columns == columns);
      const std::byte* from = row_of(lookup.table, lookup.indices[row]);
      if (&lookup == lookups.data()) {
        files::widen(lookup.table.type, from, sum);
        continue;
      }
      if (lookup.table.type != files::DataType::f32) {
        widened.resize(columns);
        files::widen(lookup.table.type, from, widened);
        from = std::as_bytes(std::span(widened)).data();
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
