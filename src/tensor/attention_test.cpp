#include "tensor/attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "kindred/threads.h"
#include "support/instruction_sets.h"

namespace kindred::tensor {
namespace {

struct Case {
  std::vector<std::size_t> lengths;
  std::size_t heads, width;
  float spread = 1;  // of the values: large ones saturate the softmax
};

std::vector<std::size_t> starts_of(const std::vector<std::size_t>& lengths) {
  std::vector<std::size_t> starts = {0};
  for (const std::size_t length : lengths) starts.push_back(starts.back() + length);
  return starts;
}

/// The definition, in double precision: value `column` of the context of `row`, a token of the
/// sequence [first, last).
double context(const Tensor& qkv, std::size_t row, std::size_t column, std::size_t first,
               std::size_t last, std::size_t width) {
  const std::size_t hidden = qkv.columns() / 3;
  const std::size_t head = column / width * width;
  std::vector<double> scores;
  double largest = -1e300;
  for (std::size_t other = first; other < last; ++other) {
    double score = 0;
    for (std::size_t k = 0; k < width; ++k)
      score += double{qkv.row(row)[head + k]} * qkv.row(other)[hidden + head + k];
    scores.push_back(score / std::sqrt(static_cast<double>(width)));
    largest = std::max(largest, scores.back());
  }
  double sum = 0;
  double value = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double weight = std::exp(scores[i] - largest);
    sum += weight;
    value += weight * qkv.row(first + i)[2 * hidden + column];
  }
  return value / sum;
}

Tensor random_tensor(Workspace& workspace, std::size_t rows, std::size_t columns, float spread,
                     std::uint64_t seed) {
  base::Random random(seed);
  Tensor tensor = workspace.tensor(rows, columns);
  for (std::size_t i = 0; i < rows * columns; ++i) tensor.data()[i] = spread * random.normal();
  return tensor;
}

TEST(AttentionTest, AgreesWithTheDefinitionOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    for (const Case& c : {Case{{1}, 1, 1},
                          {{1, 2, 3}, 2, 8},
                          {{4, 5, 31, 32, 33}, 3, 32},
                          {{12, 13, 11, 1}, 2, 20},
                          {{65}, 1, 64},
                          {{70, 7}, 2, 33},
                          {{20, 9}, 2, 16, 30}}) {
      const auto starts = starts_of(c.lengths);
      Workspace workspace;
      const Tensor qkv =
          random_tensor(workspace, starts.back(), 3 * c.heads * c.width, c.spread, 7);
      const Tensor result = attention(workspace, qkv, starts, c.heads);
      ASSERT_EQ(result.columns(), c.heads * c.width);
      for (std::size_t sequence = 0; sequence < c.lengths.size(); ++sequence)
        for (std::size_t row = starts[sequence]; row < starts[sequence + 1]; ++row)
          for (std::size_t column = 0; column < result.columns(); ++column)
            ASSERT_NEAR(result.row(row)[column],
                        context(qkv, row, column, starts[sequence], starts[sequence + 1], c.width),
                        // Scores of a few thousand carry their own rounding into the exponent.
                        c.spread * (c.spread > 1 ? 1e-3 : 3e-6))
                << "length " << c.lengths[sequence] << ", row " << row;
    }
  });
}

TEST(AttentionTest, ASequenceDependsOnItselfAlone) {
  testing::on_every_instruction_set([] {
    constexpr std::size_t kHeads = 3;
    constexpr std::size_t kColumns = 3 * kHeads * 20;
    Workspace workspace;
    const auto starts = starts_of({17, 40, 1, 23});
    const Tensor qkv = random_tensor(workspace, starts.back(), kColumns, 1, 9);
    for (const std::size_t thread_count : {1, 3}) {
      set_threads(thread_count);
      const Tensor together = attention(workspace, qkv, starts, kHeads);
      for (std::size_t sequence = 0; sequence + 1 < starts.size(); ++sequence) {
        const std::size_t length = starts[sequence + 1] - starts[sequence];
        Tensor own = workspace.tensor(length, kColumns);
        std::copy_n(qkv.row(starts[sequence]), length * kColumns, own.data());
        const Tensor alone = attention(workspace, own, std::vector<std::size_t>{0, length}, kHeads);
        for (std::size_t i = 0; i < alone.values().size(); ++i)
          ASSERT_EQ(alone.values()[i], together.row(starts[sequence])[i]);
      }
    }
    set_threads(0);
  });
}

}  // namespace
}  // namespace kindred::tensor
