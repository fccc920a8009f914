#include "tensor/pool.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tensor/tape.h"

namespace kindred::tensor {

Tensor mean_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences) {
  Tensor out = workspace.tensor(sequences.size() - 1, tokens.columns());
  for (std::size_t sequence = 0; sequence < out.rows(); ++sequence) {
    float* mean = out.row(sequence);
    std::fill_n(mean, out.columns(), 0.0F);
    for (std::size_t row = sequences[sequence]; row < sequences[sequence + 1]; ++row)
      for (std::size_t column = 0; column < out.columns(); ++column)
        mean[column] += tokens.row(row)[column];
    const auto length = static_cast<float>(sequences[sequence + 1] - sequences[sequence]);
    for (std::size_t column = 0; column < out.columns(); ++column) mean[column] /= length;
  }
  if (Tape* tape = workspace.recording())
    tape->record(
        out, [&workspace, tape, input = tape->variable(tokens),
              starts = std::vector(sequences.begin(), sequences.end())](const Tensor& gradient) {
          Tensor share = workspace.tensor(input.rows, input.columns);
          for (std::size_t sequence = 0; sequence < gradient.rows(); ++sequence) {
            const auto length = static_cast<float>(starts[sequence + 1] - starts[sequence]);
            for (std::size_t row = starts[sequence]; row < starts[sequence + 1]; ++row)
              for (std::size_t column = 0; column < input.columns; ++column)
                share.row(row)[column] = gradient.row(sequence)[column] / length;
          }
          tape->add(input, std::move(share));
        });
  return out;
}

Tensor first_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences) {
  Tensor out = workspace.tensor(sequences.size() - 1, tokens.columns());
  for (std::size_t sequence = 0; sequence < out.rows(); ++sequence)
    std::copy_n(tokens.row(sequences[sequence]), out.columns(), out.row(sequence));
  if (Tape* tape = workspace.recording())
    tape->record(
        out, [&workspace, tape, input = tape->variable(tokens),
              starts = std::vector(sequences.begin(), sequences.end())](const Tensor& gradient) {
          Tensor share = workspace.tensor(input.rows, input.columns);
          std::fill_n(share.data(), share.values().size(), 0.0F);
          for (std::size_t sequence = 0; sequence < gradient.rows(); ++sequence)
            std::copy_n(gradient.row(sequence), input.columns, share.row(starts[sequence]));
          tape->add(input, std::move(share));
        });
  return out;
}

}  // namespace kindred::tensor
