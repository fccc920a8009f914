#include "tensor/lstm.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "tensor/activation.h"
#include "tensor/sums.h"

namespace kindred::tensor {
namespace {

void clip(Tensor& x, float limit) {
  if (limit == 0) return;
  float* values = x.data();
  for (std::size_t i = 0; i < x.values().size(); ++i)
    values[i] = std::clamp(values[i], -limit, limit);
}

/// Some rows of x.
Tensor rows_of(Workspace& workspace, const Tensor& x, const std::vector<std::size_t>& rows) {
  Tensor out = workspace.tensor(rows.size(), x.columns());
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(x.row(rows[i]), x.columns(), out.row(i));
  return out;
}

/// What the sequences that still go on have said: a row each, the longest sequence first.
struct States {
  Tensor state;
  Tensor cell;

  States(Workspace& workspace, std::size_t sequences, std::size_t outputs, std::size_t cells)
      : state(workspace.tensor(sequences, outputs)), cell(workspace.tensor(sequences, cells)) {
    std::fill_n(state.data(), state.values().size(), 0.0F);
    std::fill_n(cell.data(), cell.values().size(), 0.0F);
  }
};

Tensor first_rows(Workspace& workspace, const Tensor& x, std::size_t count) {
  Tensor out = workspace.tensor(count, x.columns());
  std::copy_n(x.data(), count * x.columns(), out.data());
  return out;
}

/// One step of some sequences: gates and memory are what their rows say, before U h.
void step(Workspace& workspace, const Lstm& how, Tensor gates, Tensor memory, States& states) {
  const std::size_t rows = gates.rows();
  const std::size_t cells = how.cells();
  if (rows < states.state.rows()) {
    states.state = first_rows(workspace, states.state, rows);
    states.cell = first_rows(workspace, states.cell, rows);
  }
  gates = activate(
      workspace,
      add(workspace, std::move(gates), linear(workspace, states.state, how.gates_of_state)),
      Activation::sigmoid);
  memory = activate(
      workspace,
      add(workspace, std::move(memory), linear(workspace, states.state, how.memory_of_state)),
      Activation::tanh);
  for (std::size_t row = 0; row < rows; ++row) {
    const float* input = gates.row(row);
    const float* forget = input + cells;
    float* cell = states.cell.row(row);
    for (std::size_t i = 0; i < cells; ++i) {
      const float kept = forget[i] * cell[i];
      const float added = input[i] * memory.row(row)[i];
      cell[i] = added + kept;
    }
  }
  clip(states.cell, how.cell_limit);
  Tensor out = activate(workspace, states.cell, Activation::tanh);
  for (std::size_t row = 0; row < rows; ++row) {
    const float* open = gates.row(row) + 2 * cells;
    for (std::size_t i = 0; i < cells; ++i) out.row(row)[i] *= open[i];
  }
  states.state = linear(workspace, out, how.projection);
  clip(states.state, how.state_limit);
}

}  // namespace

Tensor lstm(Workspace& workspace, const Tensor& x, Sequences sequences, const Lstm& how) {
  assert(workspace.recording() == nullptr && sequences.back() == x.rows());
  const Tensor gates = linear(workspace, x, how.gates_of_input);
  const Tensor memory = linear(workspace, x, how.memory_of_input);
  // The longest first, so that those that go on are always the first rows.
  const auto length = [&](std::size_t i) { return sequences[i + 1] - sequences[i]; };
  std::vector<std::size_t> order(sequences.size() - 1);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater(), length);

  Tensor out = workspace.tensor(x.rows(), how.projection.outputs());
  States states(workspace, order.size(), how.projection.outputs(), how.cells());
  for (std::size_t place = 0; place < longest_of(sequences); ++place) {
    std::vector<std::size_t> rows;
    for (const std::size_t i : order)
      if (place < length(i))
        rows.push_back(how.backwards ? sequences[i + 1] - 1 - place : sequences[i] + place);
    step(workspace, how, rows_of(workspace, gates, rows), rows_of(workspace, memory, rows), states);
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::copy_n(states.state.row(i), out.columns(), out.row(rows[i]));
  }
  return out;
}

}  // namespace kindred::tensor
