#include "tensor/pool.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "tensor/tape.h"

namespace kindred::tensor {
namespace {

/// The rows of a sequence that take part.
struct Rows {
  std::size_t first;  // skipped ones aren't among them
  std::size_t last;   // beyond it
  std::size_t start;  // of the sequence

  std::size_t count() const { return last - first; }
};

Rows rows_of(Sequences sequences, std::size_t sequence, std::size_t skipped) {
  const std::size_t start = sequences[sequence];
  const std::size_t end = sequences[sequence + 1];
  return {.first = start + std::min(skipped, end - start), .last = end, .start = start};
}

/// Sums of rows times weight(rows, row), over divisor(rows).
template <typename Weighing>
Tensor weighted_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                     std::size_t skipped) {
  Tensor out = workspace.tensor(sequences.size() - 1, tokens.columns());
  for (std::size_t sequence = 0; sequence < out.rows(); ++sequence) {
    float* sum = out.row(sequence);
    std::fill_n(sum, out.columns(), 0.0F);
    const Rows rows = rows_of(sequences, sequence, skipped);
    if (rows.count() == 0) continue;
    for (std::size_t row = rows.first; row < rows.last; ++row) {
      const float weight = Weighing::weight(rows, row);
      for (std::size_t column = 0; column < out.columns(); ++column)
        sum[column] += weight * tokens.row(row)[column];
    }
    const float divisor = Weighing::divisor(rows);
    for (std::size_t column = 0; column < out.columns(); ++column) sum[column] /= divisor;
  }
  if (Tape* tape = workspace.recording())
    tape->record(
        out, [&workspace, tape, skipped, input = tape->variable(tokens),
              starts = std::vector(sequences.begin(), sequences.end())](const Tensor& gradient) {
          Tensor share = workspace.tensor(input.rows, input.columns);
          std::fill_n(share.data(), share.values().size(), 0.0F);
          for (std::size_t sequence = 0; sequence < gradient.rows(); ++sequence) {
            const Rows rows = rows_of(starts, sequence, skipped);
            for (std::size_t row = rows.first; row < rows.last; ++row) {
              const float weight = Weighing::weight(rows, row) / Weighing::divisor(rows);
              for (std::size_t column = 0; column < input.columns; ++column)
                share.row(row)[column] = weight * gradient.row(sequence)[column];
            }
          }
          tape->add(input, std::move(share));
        });
  return out;
}

struct Mean {
  static float weight(const Rows& /*rows*/, std::size_t /*row*/) { return 1; }
  static float divisor(const Rows& rows) { return static_cast<float>(rows.count()); }
};
struct MeanSqrtLength : Mean {
  static float divisor(const Rows& rows) { return std::sqrt(static_cast<float>(rows.count())); }
};
struct WeightedMean {
  static float weight(const Rows& rows, std::size_t row) {
    return static_cast<float>(row - rows.start + 1);
  }
  static float divisor(const Rows& rows) {
    const auto nth = [](std::size_t count) { return count * (count + 1) / 2; };
    return static_cast<float>(nth(rows.last - rows.start) - nth(rows.first - rows.start));
  }
};

constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);

/// One row of each sequence, or zeros where there is none.
Tensor picked_pool(Workspace& workspace, const Tensor& tokens, std::vector<std::size_t> picked) {
  Tensor out = workspace.tensor(picked.size(), tokens.columns());
  for (std::size_t sequence = 0; sequence < out.rows(); ++sequence) {
    if (picked[sequence] == kNoRow)
      std::fill_n(out.row(sequence), out.columns(), 0.0F);
    else
      std::copy_n(tokens.row(picked[sequence]), out.columns(), out.row(sequence));
  }
  if (Tape* tape = workspace.recording())
    tape->record(out, [&workspace, tape, input = tape->variable(tokens),
                       rows = std::move(picked)](const Tensor& gradient) {
      Tensor share = workspace.tensor(input.rows, input.columns);
      std::fill_n(share.data(), share.values().size(), 0.0F);
      for (std::size_t sequence = 0; sequence < rows.size(); ++sequence)
        if (rows[sequence] != kNoRow)
          std::copy_n(gradient.row(sequence), input.columns, share.row(rows[sequence]));
      tape->add(input, std::move(share));
    });
  return out;
}

}  // namespace

Tensor mean_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                 std::size_t skipped) {
  return weighted_pool<Mean>(workspace, tokens, sequences, skipped);
}

Tensor mean_sqrt_length_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                             std::size_t skipped) {
  return weighted_pool<MeanSqrtLength>(workspace, tokens, sequences, skipped);
}

Tensor weighted_mean_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                          std::size_t skipped) {
  return weighted_pool<WeightedMean>(workspace, tokens, sequences, skipped);
}

Tensor max_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                std::size_t skipped) {
  Tensor out = workspace.tensor(sequences.size() - 1, tokens.columns());
  std::vector<std::size_t> largest(out.values().size(), kNoRow);  // the row of each value
  for (std::size_t sequence = 0; sequence < out.rows(); ++sequence) {
    std::fill_n(out.row(sequence), out.columns(), 0.0F);
    const Rows rows = rows_of(sequences, sequence, skipped);
    for (std::size_t row = rows.first; row < rows.last; ++row)
      for (std::size_t column = 0; column < out.columns(); ++column) {
        std::size_t& at = largest[sequence * out.columns() + column];
        if (at != kNoRow && !(tokens.row(row)[column] > out.row(sequence)[column])) continue;
        out.row(sequence)[column] = tokens.row(row)[column];
        at = row;
      }
  }
  if (Tape* tape = workspace.recording())
    tape->record(out, [&workspace, tape, input = tape->variable(tokens),
                       rows = std::move(largest)](const Tensor& gradient) {
      Tensor share = workspace.tensor(input.rows, input.columns);
      std::fill_n(share.data(), share.values().size(), 0.0F);
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i] != kNoRow) share.row(rows[i])[i % input.columns] = gradient.values()[i];
      tape->add(input, std::move(share));
    });
  return out;
}

Tensor first_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                  std::size_t skipped) {
  std::vector<std::size_t> picked;
  for (std::size_t sequence = 0; sequence + 1 < sequences.size(); ++sequence) {
    const Rows rows = rows_of(sequences, sequence, skipped);
    picked.push_back(rows.count() == 0 ? rows.start : rows.first);
  }
  return picked_pool(workspace, tokens, std::move(picked));
}

Tensor last_pool(Workspace& workspace, const Tensor& tokens, Sequences sequences,
                 std::size_t skipped) {
  std::vector<std::size_t> picked;
  for (std::size_t sequence = 0; sequence + 1 < sequences.size(); ++sequence) {
    const Rows rows = rows_of(sequences, sequence, skipped);
    picked.push_back(rows.count() == 0 ? kNoRow : rows.last - 1);
  }
  return picked_pool(workspace, tokens, std::move(picked));
}

}  // namespace kindred::tensor
