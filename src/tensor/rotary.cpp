#include "tensor/rotary.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "tensor/tape.h"

namespace kindred::tensor {
namespace {

/// direction: 1, or -1 to turn back.
void turn_row(float* values, const float* turns, std::size_t pairs, std::size_t heads,
              std::size_t width, float direction) {
  const float* cosines = turns;
  const float* sines = turns + pairs;
  for (std::size_t head = 0; head < heads; ++head) {
    float* first = values + head * width;
    float* second = first + pairs;
    for (std::size_t i = 0; i < pairs; ++i) {
      const float sine = direction * sines[i];
      const float x = first[i];
      const float y = second[i];
      first[i] = x * cosines[i] - y * sine;
      second[i] = y * cosines[i] + x * sine;
    }
  }
}

/// The table of turns(), wherever it lies.
struct Turns {
  const float* values;
  std::size_t columns;
};

void turn(Tensor& x, Sequences sequences, Turns turns, std::size_t heads, std::size_t width,
          float direction) {
  const auto places = places_of(sequences);
  constexpr std::size_t kRows = 64;  // some microseconds of work
  base::parallel_for((x.rows() + kRows - 1) / kRows, [&](std::size_t block, std::size_t) {
    for (std::size_t row = block * kRows; row < std::min(x.rows(), (block + 1) * kRows); ++row)
      turn_row(x.row(row), turns.values + places[row] * turns.columns, turns.columns / 2, heads,
               width, direction);
  });
}

Tensor copy_of(Workspace& workspace, const Tensor& x) {
  Tensor copy = workspace.tensor(x.rows(), x.columns());
  std::ranges::copy(x.values(), copy.data());
  return copy;
}

}  // namespace

Tensor turns(Workspace& workspace, const Rotary& rotary, std::size_t longest) {
  const std::size_t pairs = rotary.frequencies.size();
  Tensor out = workspace.tensor(longest, 2 * pairs);
  base::parallel_for(longest, [&](std::size_t place, std::size_t) {
    for (std::size_t i = 0; i < pairs; ++i) {
      // The product in float32, as the reference rounds it.
      const float angle = static_cast<float>(place) * rotary.frequencies[i];
      out.row(place)[i] = rotary.scale * std::cos(angle);
      out.row(place)[pairs + i] = rotary.scale * std::sin(angle);
    }
  });
  return out;
}

Tensor rotate(Workspace& workspace, Tensor x, Sequences sequences, const Tensor& turns,
              std::size_t heads, std::size_t width) {
  assert(heads * width <= x.columns() && turns.columns() <= width);
  Tape* tape = workspace.recording();
  if (tape == nullptr) {
    turn(x, sequences, {turns.data(), turns.columns()}, heads, width, 1);
    return x;
  }
  Tensor out = copy_of(workspace, x);
  turn(out, sequences, {turns.data(), turns.columns()}, heads, width, 1);
  tape->record(
      out,
      [&workspace, tape, heads, width, input = tape->variable(x), table = tape->remember(turns),
       starts = std::vector(sequences.begin(), sequences.end())](const Tensor& gradient) {
        Tensor share = copy_of(workspace, gradient);
        turn(share, starts, {table.values, table.columns}, heads, width, -1);
        tape->add(input, std::move(share));
      });
  return out;
}

}  // namespace kindred::tensor
