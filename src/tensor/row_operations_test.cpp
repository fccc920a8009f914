// Norms, rotary, gate, sums, gather and pool: the operations that work row by row.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "base/random.h"
#include "support/instruction_sets.h"
#include "tensor/gate.h"
#include "tensor/gather.h"
#include "tensor/norm.h"
#include "tensor/pool.h"
#include "tensor/rms_norm.h"
#include "tensor/rotary.h"
#include "tensor/sums.h"

namespace kindred::tensor {
namespace {

Tensor tensor_of(Workspace& workspace, const std::vector<float>& values, std::size_t columns) {
  Tensor tensor = workspace.tensor(values.size() / columns, columns);
  std::ranges::copy(values, tensor.data());
  return tensor;
}

TEST(NormTest, AgreesWithTheDefinitionOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(4);
    for (const std::size_t columns : {1, 3, 7, 8, 9, 15, 16, 17, 33, 100}) {
      std::vector<float> x(3 * columns);
      std::vector<float> residual(x.size());
      std::vector<float> gain(columns);
      std::vector<float> bias(columns);
      for (float& value : x) value = 5 + random.normal();
      for (float& value : residual) value = random.normal();
      for (float& value : gain) value = random.normal();
      for (float& value : bias) value = random.normal();
      const Norm norm{
          .gain = fixed_parameter(gain), .bias = fixed_parameter(bias), .epsilon = 1e-3F};
      Workspace workspace;
      const Tensor result = add_norm(workspace, tensor_of(workspace, x, columns),
                                     tensor_of(workspace, residual, columns), norm);
      for (std::size_t row = 0; row < 3; ++row) {
        double mean = 0;
        double variance = 0;
        const auto sum = [&](std::size_t column) {
          return double{x[row * columns + column]} + residual[row * columns + column];
        };
        for (std::size_t column = 0; column < columns; ++column)
          mean += sum(column) / static_cast<double>(columns);
        for (std::size_t column = 0; column < columns; ++column)
          variance += (sum(column) - mean) * (sum(column) - mean) / static_cast<double>(columns);
        for (std::size_t column = 0; column < columns; ++column)
          ASSERT_NEAR(
              result.row(row)[column],
              (sum(column) - mean) / std::sqrt(variance + 1e-3) * gain[column] + bias[column], 2e-5)
              << columns << " columns";
      }
    }
  });
}

TEST(NormTest, AConstantRowBecomesTheBias) {
  Workspace workspace;
  const Norm norm{
      .gain = fixed_parameter({2, 2}), .bias = fixed_parameter({3, -3}), .epsilon = 1e-12F};
  const Tensor result = normalize_rows(workspace, tensor_of(workspace, {7, 7}, 2), norm);
  EXPECT_EQ(result.row(0)[0], 3);
  EXPECT_EQ(result.row(0)[1], -3);
}

TEST(RmsNormTest, AgreesWithTheDefinitionOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(4);
    for (const std::size_t columns : {1, 3, 7, 8, 9, 15, 16, 17, 33, 100}) {
      std::vector<float> x(3 * columns);
      std::vector<float> gain(columns);
      for (float& value : x) value = 2 + random.normal();
      for (float& value : gain) value = random.normal();
      const RmsNorm norm{.gain = fixed_parameter(gain), .epsilon = 1e-3F, .offset = 1};
      Workspace workspace;
      const Tensor result = rms_norm(workspace, tensor_of(workspace, x, columns), norm);
      for (std::size_t row = 0; row < 3; ++row) {
        double squares = 0;
        for (std::size_t column = 0; column < columns; ++column)
          squares += double{x[row * columns + column]} * x[row * columns + column];
        const double root = std::sqrt(squares / static_cast<double>(columns) + 1e-3);
        for (std::size_t column = 0; column < columns; ++column)
          ASSERT_NEAR(result.row(row)[column],
                      x[row * columns + column] / root * (1 + double{gain[column]}), 1e-5)
              << columns << " columns";
      }
    }
  });
}

TEST(RmsNormTest, OfHeadsLeavesTheOtherColumns) {
  Workspace workspace;
  const RmsNorm norm{.gain = fixed_parameter({1, 2})};
  const Tensor result =
      rms_norm_heads(workspace, tensor_of(workspace, {9, 1, 1, 3, -3, 8}, 6), 1, 2, norm);
  EXPECT_EQ(std::vector<float>(result.values().begin(), result.values().end()),
            (std::vector<float>{9, 1, 2, 1, -2, 8}));
}

TEST(RotaryTest, TurnsPairsByTheirPlaceInTheText) {
  // Two texts, of three tokens and of one; heads of five values: two pairs and one that stays.
  const Rotary rotary{.frequencies = {1, 0.25F}, .scale = 2};
  Workspace workspace;
  const std::vector<float> head = {1, 2, 3, 4, 5};
  std::vector<float> values;
  for (int i = 0; i < 8; ++i) values.insert(values.end(), head.begin(), head.end());
  const std::vector<std::size_t> starts = {0, 3, 4};
  const Tensor result = rotate(workspace, tensor_of(workspace, values, 10), starts,
                               turns(workspace, rotary, 3), 1, 5);
  for (std::size_t row = 0; row < 4; ++row) {
    const double place = row == 3 ? 0 : static_cast<double>(row);
    for (std::size_t pair = 0; pair < 2; ++pair) {
      const double angle = place * double{rotary.frequencies[pair]};
      const double x = head[pair];
      const double y = head[pair + 2];
      EXPECT_NEAR(result.row(row)[pair], 2 * (x * std::cos(angle) - y * std::sin(angle)), 1e-5);
      EXPECT_NEAR(result.row(row)[pair + 2], 2 * (y * std::cos(angle) + x * std::sin(angle)), 1e-5);
    }
    EXPECT_EQ(result.row(row)[4], 5);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(result.row(row)[5 + i], head[i]);
  }
}

TEST(GateTest, OneHalfSaysHowMuchOfTheOtherPasses) {
  Workspace workspace;
  const Tensor result =
      gate(workspace, tensor_of(workspace, {2, -2, 10, 10, 0, 1, 5, 7}, 4), Activation::relu);
  EXPECT_EQ(std::vector<float>(result.values().begin(), result.values().end()),
            (std::vector<float>{20, 0, 0, 7}));
  const Tensor other =
      gate(workspace, tensor_of(workspace, {10, 10, 2, -2}, 4), Activation::relu, GateHalf::second);
  EXPECT_EQ(std::vector<float>(other.values().begin(), other.values().end()),
            (std::vector<float>{20, 0}));
}

TEST(SumsTest, OfValuesAndTheirMultiples) {
  Workspace workspace;
  const Tensor result =
      scale(workspace,
            add(workspace, tensor_of(workspace, {1, 2}, 1), tensor_of(workspace, {10, 20}, 1)), 3);
  EXPECT_EQ(std::vector<float>(result.values().begin(), result.values().end()),
            (std::vector<float>{33, 66}));
}

TEST(GatherTest, AddsRowsOfTablesOnAnyByte) {
  // A tensor of a safetensors file may start on any byte.
  const std::vector<float> words = {1, 2, 3, 4, 5, 6};
  std::vector<std::byte> bytes(1 + words.size() * sizeof(float));
  std::memcpy(bytes.data() + 1, words.data(), words.size() * sizeof(float));
  const Table unaligned{.bytes = std::span(bytes).subspan(1), .rows = 3, .columns = 2};
  const std::vector<float> places = {10, 20, 30, 40};
  const Table aligned{.bytes = std::as_bytes(std::span(places)), .rows = 2, .columns = 2};
  const std::vector<std::uint32_t> word_ids = {2, 0, 2};
  const std::vector<std::uint32_t> place_ids = {0, 1, 1};
  Workspace workspace;
  const std::vector<Lookup> lookups = {{unaligned, word_ids}, {aligned, place_ids}};
  const Tensor sum = gather_sum(workspace, lookups);
  EXPECT_EQ(std::vector<float>(sum.values().begin(), sum.values().end()),
            (std::vector<float>{15, 26, 31, 42, 35, 46}));
}

TEST(GatherTest, AddsRowsOfTablesOfOtherTypes) {
  // 1, -2, 0.5, 65504 and 3, 7, -0.25, 2^-24 in their two halves.
  const std::vector<std::uint16_t> halves = {0x3c00, 0xc000, 0x3800, 0x7bff,
                                             0x4200, 0x4700, 0xb400, 0x0001};
  const std::vector<std::uint16_t> brains = {0x3f80, 0x4000, 0xc040, 0x0000};  // 1, 2, -3, 0
  const std::vector<double> doubles = {0.1, 10, 100, 1000};
  const Table f16{.bytes = std::as_bytes(std::span(halves)),
                  .rows = 2,
                  .columns = 4,
                  .type = files::DataType::f16};
  const Table bf16{.bytes = std::as_bytes(std::span(brains)),
                   .rows = 1,
                   .columns = 4,
                   .type = files::DataType::bf16};
  const Table f64{.bytes = std::as_bytes(std::span(doubles)),
                  .rows = 1,
                  .columns = 4,
                  .type = files::DataType::f64};
  const std::vector<std::uint32_t> ids = {1, 0};
  const std::vector<std::uint32_t> zeros = {0, 0};
  Workspace workspace;
  const std::vector<Lookup> lookups = {{f16, ids}, {bf16, zeros}, {f64, zeros}};
  const Tensor sum = gather_sum(workspace, lookups);
  EXPECT_EQ(std::vector<float>(sum.values().begin(), sum.values().end()),
            (std::vector<float>{3 + 1 + 0.1F, 7 + 2 + 10, -0.25F - 3 + 100, 0x1p-24F + 0 + 1000,  //
                                1 + 1 + 0.1F, -2 + 2 + 10, 0.5F - 3 + 100, 65504 + 0 + 1000}));
}

TEST(PoolTest, EachModeOfEachSequence) {
  Workspace workspace;
  // Sequences of three tokens and of one.
  const Tensor tokens = tensor_of(workspace, {1, 2, 3, -4, 5, 9, -1, 1}, 2);
  const std::vector<std::size_t> starts = {0, 3, 4};
  using Pool = Tensor (*)(Workspace&, const Tensor&, Sequences, std::size_t);
  struct Case {
    Pool pool;
    std::size_t skipped;
    std::vector<float> expected;
  };
  const float root = std::sqrt(3.0F);
  for (const Case& c :
       {Case{mean_pool, 0, {3, 7.0F / 3, -1, 1}}, Case{mean_pool, 1, {4, 2.5F, 0, 0}},
        Case{mean_sqrt_length_pool, 0, {9 / root, 7 / root, -1, 1}},
        Case{weighted_mean_pool, 0, {22.0F / 6, 21.0F / 6, -1, 1}},
        Case{weighted_mean_pool, 1, {21.0F / 5, 19.0F / 5, 0, 0}}, Case{max_pool, 0, {5, 9, -1, 1}},
        Case{max_pool, 2, {5, 9, 0, 0}}, Case{first_pool, 0, {1, 2, -1, 1}},
        Case{first_pool, 1, {3, -4, -1, 1}}, Case{last_pool, 0, {5, 9, -1, 1}},
        Case{last_pool, 1, {5, 9, 0, 0}}}) {
    const Tensor pooled = c.pool(workspace, tokens, starts, c.skipped);
    ASSERT_EQ(pooled.values().size(), c.expected.size());
    for (std::size_t i = 0; i < c.expected.size(); ++i)
      EXPECT_FLOAT_EQ(pooled.values()[i], c.expected[i]) << i << ", skipped " << c.skipped;
  }
}

TEST(WorkspaceTest, MemoryOfTensorsThatAreGoneIsUsedAgain) {
  Workspace workspace;
  const float* first = nullptr;
  {
    const Tensor tensor = workspace.tensor(10, 10);
    first = tensor.data();
  }
  const Tensor small = workspace.tensor(1, 100);
  EXPECT_EQ(small.data(), first);
  const Tensor other = workspace.tensor(10, 10);
  EXPECT_NE(other.data(), first);
}

}  // namespace
}  // namespace kindred::tensor
