// A model that is opened for training: the same bits as one that is only run, and the reference's
// gradients.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/file_system.h"
#include "base/random.h"
#include "files/safetensors.h"
#include "kindred/threads.h"
#include "model/encoder.h"
#include "support/instruction_sets.h"
#include "tensor/cosines.h"
#include "tensor/pool.h"
#include "tensor/tape.h"

namespace kindred::model {
namespace {

const std::filesystem::path kFixtures = KINDRED_FIXTURES;
const std::filesystem::path kTinyBert = kFixtures / "models" / "tiny_bert";

using tensor::Tensor;
using tensor::Workspace;

/// The pairs of texts of the fixture: all first texts in one batch, all second ones in another.
struct Pairs {
  struct Side {
    std::vector<std::uint32_t> ids;
    std::vector<std::uint32_t> type_ids;
    std::vector<std::size_t> starts = {0};
    Batch batch() const { return {.ids = ids, .type_ids = type_ids, .starts = starts}; }
  };
  Side sides[2];
  std::vector<float> labels;
  double loss = 0;
  std::vector<float> cosines;

  Pairs() {
    const auto json =
        nlohmann::json::parse(*base::read_file(kFixtures / "gradients" / "pairs.json"));
    for (const auto& pair : json["pairs"]) {
      for (std::size_t side = 0; side < 2; ++side) {
        for (const auto& id : pair["ids"][side]) sides[side].ids.push_back(id.get<std::uint32_t>());
        sides[side].starts.push_back(sides[side].ids.size());
        sides[side].type_ids.resize(sides[side].ids.size());
      }
      labels.push_back(pair["label"].get<float>());
    }
    loss = json["loss"].get<double>();
    for (const auto& cosine : json["cosines"]) cosines.push_back(cosine.get<float>());
  }

  Tensor forward(const Encoder& encoder, Workspace& workspace) const {
    Tensor vectors[2];
    for (std::size_t side = 0; side < 2; ++side)
      vectors[side] =
          mean_pool(workspace, encoder.forward(workspace, sides[side].batch()), sides[side].starts);
    return row_cosines(workspace, vectors[0], vectors[1]);
  }

  /// mean((cosine - label)^2)
  double loss_of(const Tensor& found) const {
    double sum = 0;
    for (std::size_t i = 0; i < labels.size(); ++i)
      sum += std::pow(double{found.row(i)[0]} - double{labels[i]}, 2);
    return sum / static_cast<double>(labels.size());
  }

  void go_back(tensor::Tape& tape, const Tensor& found) const {
    std::vector<float> gradient;
    for (std::size_t i = 0; i < labels.size(); ++i)
      gradient.push_back(2 * (found.row(i)[0] - labels[i]) / static_cast<float>(labels.size()));
    tape.backward(found, gradient);
  }
};

TEST(TrainingTest, GradientsAgreeWithTheReferenceOnEveryInstructionSet) {
  const Pairs pairs;
  const auto expected = files::SafeTensors::open(kFixtures / "gradients" / "gradients.safetensors");
  ASSERT_TRUE(expected) << expected.error().message;
  testing::on_every_instruction_set([&] {
    const auto model = open_encoder(kTinyBert, Purpose::training);
    ASSERT_TRUE(model) << model.error().message;
    Workspace workspace;
    tensor::Tape tape(workspace);
    const Tensor cosines = pairs.forward(*model->encoder, workspace);
    for (std::size_t i = 0; i < cosines.rows(); ++i)
      EXPECT_NEAR(cosines.row(i)[0], pairs.cosines[i], 1e-6);
    EXPECT_NEAR(pairs.loss_of(cosines), pairs.loss, 1e-6);
    pairs.go_back(tape, cosines);

    ASSERT_EQ(model->trained.size(), expected->tensors().size());
    // Relative to the largest value of all: gradients of keys' biases are zeros but for rounding.
    float largest = 0;
    for (const auto& tensor : expected->tensors()) {
      std::vector<float> values(tensor.size());
      ASSERT_TRUE(files::copy_as_f32(tensor, values));
      for (const float value : values) largest = std::max(largest, std::abs(value));
    }
    for (const NamedParameter& parameter : model->trained) {
      const auto* tensor = expected->find(parameter.name);
      ASSERT_NE(tensor, nullptr) << parameter.name;
      EXPECT_EQ(tensor->shape, parameter.shape) << parameter.name;
      std::vector<float> values(tensor->size());
      ASSERT_TRUE(files::copy_as_f32(*tensor, values));
      for (std::size_t i = 0; i < values.size(); ++i)
        ASSERT_NEAR(parameter.parameter->gradient[i], values[i], 1e-5 * largest)
            << parameter.name << ", value " << i;
    }
  });
}

TEST(TrainingTest, EveryGradientIsTheSlopeOfTheLoss) {
  const Pairs pairs;
  const auto model = open_encoder(kTinyBert, Purpose::training);
  ASSERT_TRUE(model) << model.error().message;
  Workspace workspace;
  {
    tensor::Tape tape(workspace);
    const Tensor cosines = pairs.forward(*model->encoder, workspace);
    pairs.go_back(tape, cosines);
  }
  base::Random random(3);
  for (const NamedParameter& named : model->trained) {
    tensor::Parameter& parameter = *named.parameter;
    const std::vector<float> at = parameter.values;
    for (int repeat = 0; repeat < 3; ++repeat) {
      std::vector<float> direction(at.size());
      double expected = 0;
      double length = 0;
      for (std::size_t i = 0; i < at.size(); ++i) {
        direction[i] = random.normal();
        expected += double{direction[i]} * double{parameter.gradient[i]};
        length += double{parameter.gradient[i]} * double{parameter.gradient[i]};
      }
      const auto difference = [&](float step) {
        double ends[2];
        for (const int side : {0, 1}) {
          for (std::size_t i = 0; i < at.size(); ++i)
            parameter.values[i] = at[i] + (side == 0 ? step : -step) * direction[i];
          ends[side] = pairs.loss_of(pairs.forward(*model->encoder, workspace));
        }
        return (ends[0] - ends[1]) / (2 * double{step});
      };
      // Two widths, so that the error of the second order can be taken out.
      const double found = (4 * difference(0.002F) - difference(0.004F)) / 3;
      parameter.values = at;
      EXPECT_NEAR(found, expected, 2e-2 * std::sqrt(length) + 2e-4) << named.name;
    }
  }
}

TEST(TrainingTest, AModelForTrainingHasTheBitsOfOneThatIsRun) {
  const Pairs pairs;
  testing::on_every_instruction_set([&] {
    const auto running = open_encoder(kTinyBert);
    const auto training = open_encoder(kTinyBert, Purpose::training);
    ASSERT_TRUE(running && training);
    EXPECT_TRUE(running->trained.empty());
    Workspace plain;
    const Tensor expected = running->encoder->forward(plain, pairs.sides[0].batch());
    const Tensor unrecorded = training->encoder->forward(plain, pairs.sides[0].batch());
    EXPECT_TRUE(std::ranges::equal(unrecorded.values(), expected.values()));
    Workspace workspace;
    const tensor::Tape tape(workspace);
    const Tensor recorded = training->encoder->forward(workspace, pairs.sides[0].batch());
    EXPECT_TRUE(std::ranges::equal(recorded.values(), expected.values()));
  });
}

TEST(TrainingTest, GradientsHaveTheSameBitsAtAnyThreadCount) {
  const Pairs pairs;
  std::vector<std::vector<float>> first;
  for (const std::size_t thread_count : {1, 2, 3}) {
    set_threads(thread_count);
    const auto model = open_encoder(kTinyBert, Purpose::training);
    ASSERT_TRUE(model);
    Workspace workspace;
    tensor::Tape tape(workspace);
    const Tensor cosines = pairs.forward(*model->encoder, workspace);
    pairs.go_back(tape, cosines);
    std::vector<std::vector<float>> gradients;
    for (const NamedParameter& named : model->trained)
      gradients.push_back(named.parameter->gradient);
    if (first.empty()) first = gradients;
    EXPECT_EQ(gradients, first) << thread_count << " threads";
  }
  set_threads(0);
}

TEST(TrainingTest, StepsAgainstTheGradientLowerTheLoss) {
  const Pairs pairs;
  const auto model = open_encoder(kTinyBert, Purpose::training);
  ASSERT_TRUE(model);
  Workspace workspace;
  double before = 0;
  for (int step = 0; step <= 20; ++step) {
    tensor::Tape tape(workspace);
    const Tensor cosines = pairs.forward(*model->encoder, workspace);
    const double loss = pairs.loss_of(cosines);
    if (step == 0) before = loss;
    if (step == 20) {
      EXPECT_LT(loss, before / 2);
    }
    pairs.go_back(tape, cosines);
    for (const NamedParameter& named : model->trained) {
      tensor::Parameter& parameter = *named.parameter;
      for (std::size_t i = 0; i < parameter.values.size(); ++i)
        parameter.values[i] -= 0.05F * parameter.gradient[i];
      std::ranges::fill(parameter.gradient, 0.0F);
    }
  }
}

}  // namespace
}  // namespace kindred::model
