#include "tensor/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "kindred/threads.h"
#include "support/instruction_sets.h"

namespace kindred::tensor {
namespace {

struct Case {
  std::vector<std::size_t> lengths;
  Attention how;
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
               std::size_t last, const Attention& how) {
  const std::size_t width = how.width;
  const std::size_t head = column / width;
  const std::size_t key = (how.heads + head * how.groups() / how.heads) * width;
  const std::size_t value = key + how.groups() * width + column % width;
  if (row > how.behind) first = std::max(first, row - how.behind);
  if (row < last && how.ahead < last - row) last = row + how.ahead + 1;
  std::vector<double> scores;
  for (std::size_t other = first; other < last; ++other) {
    double score = 0;
    for (std::size_t k = 0; k < width; ++k)
      score += double{qkv.row(row)[head * width + k]} * qkv.row(other)[key + k];
    score *= how.scale ? double{*how.scale} : 1 / std::sqrt(static_cast<double>(width));
    const double distance = std::abs(static_cast<double>(other) - static_cast<double>(row));
    scores.push_back(how.bias ? score - double{how.bias->slopes[head]} * distance : score);
  }
  const double largest = *std::ranges::max_element(scores);
  double sum = 0;
  double weighted = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double weight = std::exp(scores[i] - largest);
    sum += weight;
    weighted += weight * qkv.row(first + i)[value];
  }
  return weighted / sum;
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
    const std::vector<std::size_t> mixed = {1, 70, 33, 2};
    const DistanceBias alibi{.slopes = alibi_slopes(3)};
    for (const Case& c :
         {Case{{1}, {.heads = 1, .width = 1}}, Case{{1, 2, 3}, {.heads = 2, .width = 8}},
          Case{{4, 5, 31, 32, 33}, {.heads = 3, .width = 32}},
          Case{{12, 13, 11, 1}, {.heads = 2, .width = 20}}, Case{{65}, {.heads = 1, .width = 64}},
          Case{{70, 7}, {.heads = 2, .width = 33}}, Case{{20, 9}, {.heads = 2, .width = 16}, 30},
          Case{mixed, {.heads = 6, .width = 8, .key_heads = 2}},
          Case{mixed, {.heads = 4, .width = 8, .key_heads = 1, .scale = 1.0F}},
          Case{mixed, {.heads = 2, .width = 8, .ahead = 0}},
          Case{mixed, {.heads = 2, .width = 8, .behind = 20, .ahead = 0}},
          Case{mixed, {.heads = 2, .width = 8, .behind = 3, .ahead = 3}},
          Case{mixed, {.heads = 1, .width = 8, .behind = 0, .ahead = 0}},
          Case{{300}, {.heads = 1, .width = 24, .behind = 64, .ahead = 64}},
          Case{mixed, {.heads = 3, .width = 8, .bias = alibi}},
          Case{mixed, {.heads = 3, .width = 8, .behind = 12, .ahead = 5, .bias = alibi}}}) {
      const auto starts = starts_of(c.lengths);
      Workspace workspace;
      const Tensor qkv = random_tensor(workspace, starts.back(), c.how.columns(), c.spread, 7);
      const Tensor result = attention(workspace, qkv, starts, c.how);
      ASSERT_EQ(result.columns(), c.how.heads * c.how.width);
      for (std::size_t sequence = 0; sequence < c.lengths.size(); ++sequence)
        for (std::size_t row = starts[sequence]; row < starts[sequence + 1]; ++row)
          for (std::size_t column = 0; column < result.columns(); ++column)
            ASSERT_NEAR(result.row(row)[column],
                        context(qkv, row, column, starts[sequence], starts[sequence + 1], c.how),
                        // Scores of a few thousand carry their own rounding into the exponent.
                        c.spread * (c.spread > 1 ? 1e-3F : 3e-6F))
                << "length " << c.lengths[sequence] << ", row " << row;
    }
  });
}

TEST(AttentionTest, WhatATokenDoesNotAttendToHasNoInfluenceOnItsBits) {
  testing::on_every_instruction_set([] {
    const Attention how{.heads = 2, .width = 12, .behind = 7, .ahead = 0};
    Workspace workspace;
    constexpr std::size_t kLength = 60;
    const std::vector<std::size_t> starts = {0, kLength};
    Tensor qkv = random_tensor(workspace, kLength, how.columns(), 1, 3);
    const Tensor before = attention(workspace, qkv, starts, how);
    std::fill_n(qkv.row(30), how.columns(), 1e30F);
    const Tensor after = attention(workspace, qkv, starts, how);
    for (std::size_t row = 0; row < kLength; ++row)
      if (row < 30 || row > 37) {
        for (std::size_t i = 0; i < before.columns(); ++i)
          ASSERT_EQ(before.row(row)[i], after.row(row)[i]) << row;
      }
  });
}

TEST(AttentionTest, TokensBehindThoseAttendedToSeeAndAreNotSeen) {
  testing::on_every_instruction_set([] {
    for (const Attention& how :
         {Attention{.heads = 2, .width = 12}, Attention{.heads = 2, .width = 12, .ahead = 0},
          Attention{.heads = 2, .width = 12, .behind = 9, .ahead = 9}}) {
      Workspace workspace;
      const auto starts = starts_of({1, 20, 33, 50});
      const std::vector<std::size_t> attended = {1, 20, 7, 30};
      Tensor qkv = random_tensor(workspace, starts.back(), how.columns(), 1, 5);
      const Tensor result = attention(workspace, qkv, starts, how, attended);
      for (std::size_t sequence = 0; sequence < attended.size(); ++sequence) {
        const std::size_t first = starts[sequence];
        for (std::size_t row = first; row < starts[sequence + 1]; ++row) {
          const std::size_t place = row - first;
          const bool sees_any = place - std::min(how.behind, place) < attended[sequence];
          for (std::size_t column = 0; column < result.columns(); ++column)
            ASSERT_NEAR(
                result.row(row)[column],
                sees_any ? context(qkv, row, column, first, first + attended[sequence], how) : 0,
                3e-6F)
                << "sequence " << sequence << ", row " << row;
        }
      }
    }
  });
}

TEST(AttentionTest, ASequenceDependsOnItselfAlone) {
  testing::on_every_instruction_set([] {
    const Attention how{.heads = 3, .width = 20};
    Workspace workspace;
    const auto starts = starts_of({17, 40, 1, 23});
    const Tensor qkv = random_tensor(workspace, starts.back(), how.columns(), 1, 9);
    for (const std::size_t thread_count : {1, 3}) {
      set_threads(thread_count);
      const Tensor together = attention(workspace, qkv, starts, how);
      for (std::size_t sequence = 0; sequence + 1 < starts.size(); ++sequence) {
        const std::size_t length = starts[sequence + 1] - starts[sequence];
        Tensor own = workspace.tensor(length, how.columns());
        std::copy_n(qkv.row(starts[sequence]), length * how.columns(), own.data());
        const Tensor alone = attention(workspace, own, std::vector<std::size_t>{0, length}, how);
        for (std::size_t i = 0; i < alone.values().size(); ++i)
          ASSERT_EQ(alone.values()[i], together.row(starts[sequence])[i]);
      }
    }
    set_threads(0);
  });
}

}  // namespace
}  // namespace kindred::tensor
