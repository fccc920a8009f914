#include "tensor/pool.h"

#include <algorithm>

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
  return out;
}

Tensor first_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences) {
  Tensor out = workspace.tensor(sequences.size() - 1, tokens.columns());
  for (std::size_t sequence = 0; sequence < out.rows(); ++sequence)
    std::copy_n(tokens.row(sequences[sequence]), out.columns(), out.row(sequence));
  return out;
}

}  // namespace kindred::tensor
