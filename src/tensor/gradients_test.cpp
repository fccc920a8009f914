// The gradient of each operation, against differences of what it computes, on every instruction
// set.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.h"
#include "kindred/threads.h"
#include "support/gradient_check.h"
#include "support/instruction_sets.h"
#include "tensor/activation.h"
#include "tensor/attention.h"
#include "tensor/cosines.h"
#include "tensor/disentangled_attention.h"
#include "tensor/gate.h"
#include "tensor/gather.h"
#include "tensor/linear.h"
#include "tensor/norm.h"
#include "tensor/pool.h"
#include "tensor/rms_norm.h"
#include "tensor/rotary.h"
#include "tensor/sums.h"
#include "tensor/tape.h"

namespace kindred::tensor {
namespace {

using testing::expect_right_gradients;
using testing::random_values;

SharedParameter random_parameter(base::Random& random, std::size_t size, float spread = 1) {
  return trained_parameter(random_values(random, size, spread));
}

/// A Parameter's values as a tensor of so many columns.
Tensor tensor_of(Workspace& workspace, const SharedParameter& parameter, std::size_t columns) {
  const std::size_t rows = parameter->values.size() / columns;
  const Table table{.bytes = std::as_bytes(std::span<const float>(parameter->values)),
                    .rows = rows,
                    .columns = columns,
                    .parameter = parameter};
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  const Lookup lookup{table, all};
  return gather_sum(workspace, {&lookup, 1});
}

TEST(GradientsTest, OfLinearLayersOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(1);
    for (const Activation activation :
         {Activation::none, Activation::gelu, Activation::gelu_tanh}) {
      for (const std::size_t rows : {1, 5, 30}) {
        constexpr std::size_t kInputs = 7;
        const auto x = random_parameter(random, rows * kInputs);
        // Two layers that read the same input, of different widths; the second begins in a panel.
        std::vector<Linear::Part> parts;
        for (const std::size_t outputs : {3, 34})
          parts.push_back({.weight = random_parameter(random, outputs * kInputs, 0.5F),
                           .bias = random_parameter(random, outputs)});
        const Linear layer(kInputs, parts);
        expect_right_gradients(
            [&](Workspace& workspace) {
              return linear(workspace, tensor_of(workspace, x, kInputs), layer, activation);
            },
            {x, parts[0].weight, parts[0].bias, parts[1].weight, parts[1].bias}, "linear");
      }
    }
  });
}

TEST(GradientsTest, GoThroughPackedLayers) {
  base::Random random(2);
  const auto x = random_parameter(random, 20);
  Linear layer(33, 5);
  layer.set_rows(0, random_values(random, 33 * 5), random_values(random, 33));
  expect_right_gradients(
      [&](Workspace& workspace) { return linear(workspace, tensor_of(workspace, x, 5), layer); },
      {x}, "packed");
}

TEST(GradientsTest, OfNormsOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(3);
    for (const std::size_t columns : {2, 5, 16, 37}) {
      const auto x = random_parameter(random, 3 * columns);
      const auto residual = random_parameter(random, 3 * columns);
      const Norm norm{.gain = random_parameter(random, columns),
                      .bias = random_parameter(random, columns),
                      .epsilon = 0.1F};
      expect_right_gradients(
          [&](Workspace& workspace) {
            return add_norm(workspace, tensor_of(workspace, x, columns),
                            tensor_of(workspace, residual, columns), norm);
          },
          {x, residual, norm.gain, norm.bias}, "add_norm");
      expect_right_gradients(
          [&](Workspace& workspace) {
            // Read twice: both shares count.
            const Tensor once = normalize_rows(workspace, tensor_of(workspace, x, columns), norm);
            return add_norm(workspace,
                            normalize_rows(workspace, tensor_of(workspace, x, columns), norm), once,
                            norm);
          },
          {x}, "normalize_rows");
    }
  });
}

TEST(GradientsTest, OfNormsOfManyRows) {
  base::Random random(4);
  const auto x = random_parameter(random, 200 * 6);
  const Norm norm{
      .gain = random_parameter(random, 6), .bias = random_parameter(random, 6), .epsilon = 0.1F};
  expect_right_gradients(
      [&](Workspace& workspace) {
        return normalize_rows(workspace, tensor_of(workspace, x, 6), norm);
      },
      {x, norm.gain, norm.bias}, "many rows");
}

TEST(GradientsTest, OfAttentionOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(6);
    struct Case {
      std::vector<std::size_t> starts;
      Attention how;
    };
    const std::vector<std::size_t> mixed = {0, 1, 30, 43};
    // Lengths around tiles and around the 96 queries that are taken at a time.
    for (const Case& c :
         {Case{{0, 1}, {.heads = 1, .width = 2}}, Case{{0, 3}, {.heads = 1, .width = 1}},
          Case{{0, 1, 5, 6}, {.heads = 2, .width = 3}}, Case{{0, 13, 30}, {.heads = 2, .width = 8}},
          Case{{0, 95, 191, 288}, {.heads = 1, .width = 5}},
          Case{{0, 200}, {.heads = 2, .width = 33}},
          Case{mixed, {.heads = 4, .width = 4, .key_heads = 2}},
          Case{mixed, {.heads = 3, .width = 4, .key_heads = 1, .scale = 0.3F}},
          Case{mixed, {.heads = 2, .width = 4, .ahead = 0}},
          Case{mixed, {.heads = 2, .width = 4, .behind = 5, .ahead = 5}},
          Case{mixed,
               {.heads = 2,
                .width = 4,
                .behind = 9,
                .ahead = 0,
                .bias = DistanceBias{.slopes = alibi_slopes(2)}}}}) {
      const auto qkv = random_parameter(random, c.starts.back() * c.how.columns());
      expect_right_gradients(
          [&](Workspace& workspace) {
            return attention(workspace, tensor_of(workspace, qkv, c.how.columns()), c.starts,
                             c.how);
          },
          {qkv}, "attention of " + std::to_string(c.starts.back()));
    }
  });
}

TEST(GradientsTest, OfAttentionWithABiasOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(12);
    // Shorter than the reach, and longer, so that many keys count as the farthest.
    for (const std::vector<std::size_t>& starts :
         {std::vector<std::size_t>{0, 1, 5}, {0, 30, 33}, {0, 130}}) {
      for (const std::size_t key_heads : {1, 2}) {
        const Attention how{.heads = 2,
                            .width = 4,
                            .key_heads = key_heads,
                            .scale = 0.7F,
                            .bias = DistanceBias{.table = random_parameter(random, 8 * 2),
                                                 .buckets = relative_buckets(8, 16)}};
        const auto qkv = random_parameter(random, starts.back() * how.columns());
        expect_right_gradients(
            [&](Workspace& workspace) {
              return attention(workspace, tensor_of(workspace, qkv, how.columns()), starts, how);
            },
            {qkv, how.bias->table}, "biased attention of " + std::to_string(starts.back()));
      }
    }
  });
}

TEST(GradientsTest, OfRootMeanSquareNormsOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(13);
    for (const std::size_t rows : {1, 3, 70})
      for (const float offset : {0.0F, 1.0F}) {
        const RmsNorm norm{random_parameter(random, 19), 1e-5F, offset};
        const auto x = random_parameter(random, rows * 19);
        expect_right_gradients(
            [&](Workspace& workspace) {
              return rms_norm(workspace, tensor_of(workspace, x, 19), norm);
            },
            {x, norm.gain}, "whole rows");
        const auto wide = random_parameter(random, rows * 50);
        expect_right_gradients(
            [&](Workspace& workspace) {
              return rms_norm_heads(workspace, tensor_of(workspace, wide, 50), 5, 2, norm);
            },
            {wide, norm.gain}, "heads");
      }
  });
}

TEST(GradientsTest, OfGatesOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(14);
    for (const Activation activation : {Activation::silu, Activation::gelu})
      for (const GateHalf half : {GateHalf::first, GateHalf::second}) {
        const auto x = random_parameter(random, 3 * 2 * 21);
        expect_right_gradients(
            [&](Workspace& workspace) {
              return gate(workspace, tensor_of(workspace, x, 42), activation, half);
            },
            {x}, "gate");
      }
  });
}

TEST(GradientsTest, OfTurnsSumsAndMultiples) {
  base::Random random(15);
  const auto x = random_parameter(random, 9 * 14);
  const auto y = random_parameter(random, 9 * 14);
  const std::vector<std::size_t> starts = {0, 1, 9};
  const Rotary rotary{.frequencies = {1, 0.3F}, .scale = 1.5F};
  expect_right_gradients(
      [&](Workspace& workspace) {
        const Tensor table = turns(workspace, rotary, 8);
        return rotate(workspace, tensor_of(workspace, x, 14), starts, table, 2, 5);
      },
      {x}, "rotate");
  expect_right_gradients(
      [&](Workspace& workspace) {
        Tensor sum = add(workspace, tensor_of(workspace, x, 14), tensor_of(workspace, y, 14));
        const Tensor twice = scale(workspace, std::move(sum), 2);
        return add(workspace, scale(workspace, tensor_of(workspace, x, 14), 0.5F), twice);
      },
      {x, y}, "sums");
}

TEST(GradientsTest, OfDisentangledAttention) {
  base::Random random(16);
  const std::vector<std::size_t> starts = {0, 1, 8, 12};
  // Distances from -6 to 6; the farthest share a row.
  const std::vector<std::uint32_t> position_of = {0, 0, 0, 1, 1, 2, 3, 4, 5, 5, 6, 6, 6};
  const Disentangled how{.heads = 2, .width = 3, .scale = 0.4F};
  const auto qkv = random_parameter(random, starts.back() * 18);
  const auto keys = random_parameter(random, 7 * 6);
  const auto queries = random_parameter(random, 7 * 6);
  expect_right_gradients(
      [&](Workspace& workspace) {
        return disentangled_attention(workspace, tensor_of(workspace, qkv, 18), starts,
                                      tensor_of(workspace, keys, 6),
                                      tensor_of(workspace, queries, 6), position_of, how);
      },
      {qkv, keys, queries}, "both");
  expect_right_gradients(
      [&](Workspace& workspace) {
        return disentangled_attention(workspace, tensor_of(workspace, qkv, 18), starts, Tensor(),
                                      tensor_of(workspace, queries, 6), position_of, how);
      },
      {qkv, queries}, "one");
}

TEST(GradientsTest, OfLookups) {
  base::Random random(7);
  const auto words = random_parameter(random, 4 * 3);
  const auto places = random_parameter(random, 2 * 3);
  const auto table = [](const SharedParameter& parameter) {
    return Table{.bytes = std::as_bytes(std::span<const float>(parameter->values)),
                 .rows = parameter->values.size() / 3,
                 .columns = 3,
                 .parameter = parameter};
  };
  const std::vector<std::uint32_t> word_ids = {3, 0, 3, 3};
  const std::vector<std::uint32_t> place_ids = {0, 1, 0, 0};
  expect_right_gradients(
      [&](Workspace& workspace) {
        const Table word_table = table(words);
        const Table place_table = table(places);
        const Lookup lookups[] = {{word_table, word_ids}, {place_table, place_ids}};
        return gather_sum(workspace, lookups);
      },
      {words, places}, "lookups");
}

TEST(GradientsTest, OfPooling) {
  base::Random random(8);
  const auto x = random_parameter(random, 9 * 4);
  const std::vector<std::size_t> starts = {0, 1, 4, 9};
  for (const auto pool :
       {mean_pool, mean_sqrt_length_pool, weighted_mean_pool, max_pool, first_pool, last_pool})
    for (const std::size_t skipped : {0, 2})
      expect_right_gradients(
          [&](Workspace& workspace) {
            return pool(workspace, tensor_of(workspace, x, 4), starts, skipped);
          },
          {x}, "pooling");
}

TEST(GradientsTest, OfCosines) {
  base::Random random(9);
  const auto a = random_parameter(random, 4 * 5);
  const auto b = random_parameter(random, 4 * 5);
  expect_right_gradients(
      [&](Workspace& workspace) {
        return row_cosines(workspace, tensor_of(workspace, a, 5), tensor_of(workspace, b, 5));
      },
      {a, b}, "cosines");
}

TEST(GradientsTest, OfCosinesOfZerosAreFinite) {
  const auto a = trained_parameter({0, 0, 3, 4});
  const auto b = trained_parameter({1, 0, 0, 2});
  Workspace workspace;
  Tape tape(workspace);
  const Tensor cosines =
      row_cosines(workspace, tensor_of(workspace, a, 2), tensor_of(workspace, b, 2));
  EXPECT_EQ(cosines.row(0)[0], 0);
  EXPECT_FLOAT_EQ(cosines.row(1)[0], 0.8F);
  tape.backward(cosines, std::vector<float>{1, 1});
  for (const auto& parameter : {a, b})
    for (const float value : parameter->gradient) EXPECT_TRUE(std::isfinite(value));
}

/// Three rows through every operation that rests on another's result.
struct SmallModel {
  base::Random random{10};
  SharedParameter words = random_parameter(random, 8 * 12);
  Linear qkv{12, {{random_parameter(random, 36 * 12, 0.3F), random_parameter(random, 36)}}};
  Linear out{12, {{random_parameter(random, 12 * 12, 0.3F), random_parameter(random, 12)}}};
  Norm norm{random_parameter(random, 12), random_parameter(random, 12), 1e-5F};
  std::vector<std::size_t> starts = {0, 5, 8};
  Attention how{.heads = 3, .width = 4};

  std::vector<SharedParameter> parameters() const {
    return {words,
            qkv.parts()[0].weight,
            qkv.parts()[0].bias,
            out.parts()[0].weight,
            out.parts()[0].bias,
            norm.gain,
            norm.bias};
  }
  Tensor forward(Workspace& workspace) const {
    Tensor hidden = tensor_of(workspace, words, 12);
    const Tensor context = attention(workspace, linear(workspace, hidden, qkv), starts, how);
    hidden = add_norm(workspace, linear(workspace, context, out, Activation::gelu), hidden, norm);
    return mean_pool(workspace, hidden, starts);
  }
};

TEST(TapeTest, GoesBackThroughAWholeModel) {
  const SmallModel model;
  expect_right_gradients([&](Workspace& workspace) { return model.forward(workspace); },
                         model.parameters(), "model");
}

TEST(TapeTest, RecordingChangesNoBit) {
  testing::on_every_instruction_set([] {
    const SmallModel model;
    Workspace plain;
    const Tensor expected = model.forward(plain);
    Workspace workspace;
    Tape tape(workspace);
    const Tensor recorded = model.forward(workspace);
    EXPECT_TRUE(std::ranges::equal(recorded.values(), expected.values()));
  });
}

TEST(TapeTest, GradientsAreTheSameAtAnyThreadCountAndInAUsedWorkspace) {
  std::vector<std::vector<float>> first;
  Workspace workspace;
  for (const std::size_t thread_count : {1, 1, 2, 5}) {
    set_threads(thread_count);
    const SmallModel model;
    {
      Tape tape(workspace);
      const Tensor out = model.forward(workspace);
      tape.backward(out, std::vector<float>(out.values().size(), 1));
    }
    std::vector<std::vector<float>> gradients;
    for (const auto& parameter : model.parameters()) gradients.push_back(parameter->gradient);
    if (first.empty()) first = gradients;
    EXPECT_EQ(gradients, first) << thread_count << " threads";
  }
  set_threads(0);
}

TEST(TapeTest, AddsToGradientsAndLeavesFixedParametersAlone) {
  SmallModel model;
  model.words->gradient.clear();
  const auto pass = [&] {
    Workspace workspace;
    Tape tape(workspace);
    const Tensor out = model.forward(workspace);
    tape.backward(out, std::vector<float>(out.values().size(), 1));
    return model.norm.gain->gradient;
  };
  const auto once = pass();
  const auto twice = pass();
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_FLOAT_EQ(twice[i], 2 * once[i]);
  EXPECT_TRUE(model.words->gradient.empty());
}

TEST(TapeTest, TensorsFromBeforeItAreConstants) {
  base::Random random(11);
  const auto a = random_parameter(random, 6);
  const auto b = random_parameter(random, 6);
  Workspace workspace;
  Tensor before;
  {
    const Tape tape(workspace);
    before = tensor_of(workspace, a, 3);
  }
  Tape tape(workspace);
  const Tensor cosines = row_cosines(workspace, before, tensor_of(workspace, b, 3));
  tape.backward(cosines, std::vector<float>{1, 1});
  EXPECT_EQ(a->gradient, std::vector<float>(6));
  EXPECT_NE(b->gradient, std::vector<float>(6));
}

}  // namespace
}  // namespace kindred::tensor
