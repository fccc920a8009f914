// The weights of a folder in every type and format that has them, through a whole model.
#include "model/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "base/file_system.h"
#include "kindred/vectors.h"
#include "model/encoder.h"
#include "support/temporary_folder.h"

namespace kindred::model {
namespace {

const std::filesystem::path kFixtures(KINDRED_FIXTURES);
const std::filesystem::path kTinyBert = kFixtures / "models" / "tiny_bert";

/// The last hidden states of the fixture's texts, in one batch.
std::vector<float> hidden_states(const std::filesystem::path& folder) {
  std::vector<std::uint32_t> ids;
  std::vector<std::size_t> starts = {0};
  for (const auto& text :
       nlohmann::json::parse(*base::read_file(kTinyBert / "expected" / "ids.json"))) {
    for (const auto& id : text) ids.push_back(id.get<std::uint32_t>());
    starts.push_back(ids.size());
  }
  const std::vector<std::uint32_t> type_ids(ids.size());
  const auto model = open_encoder(folder);
  EXPECT_TRUE(model) << model.error().message;
  if (!model) return {};
  tensor::Workspace workspace;
  const auto hidden =
      model->encoder->forward(workspace, {.ids = ids, .type_ids = type_ids, .starts = starts});
  return {hidden.values().begin(), hidden.values().end()};
}

class HalvesTest : public ::testing::TestWithParam<const char*> {};

TEST_P(HalvesTest, HiddenStatesAgreeWithTheReference) {
  const std::filesystem::path folder = kFixtures / "weights" / GetParam();
  const Matrix expected = *read_vectors(folder / "hidden.npy");
  const auto hidden = hidden_states(folder);
  ASSERT_EQ(hidden.size(), expected.values().size());
  for (std::size_t i = 0; i < hidden.size(); ++i)
    ASSERT_NEAR(hidden[i], expected.values()[i], 1e-5) << "value " << i;
}

TEST_P(HalvesTest, AreTrainedInFloat32) {
  const auto model = open_encoder(kFixtures / "weights" / GetParam(), Purpose::training);
  ASSERT_TRUE(model) << model.error().message;
  const auto running = open_encoder(kFixtures / "weights" / GetParam());
  ASSERT_TRUE(running) << running.error().message;
  std::size_t values = 0;
  for (const NamedParameter& parameter : model->trained)
    values += parameter.parameter->values.size();
  EXPECT_EQ(values, running->parameters);
}

INSTANTIATE_TEST_SUITE_P(Types, HalvesTest, ::testing::Values("f16", "bf16"));

class FormatTest : public ::testing::TestWithParam<const char*> {};

TEST_P(FormatTest, GivesTheBitsOfTheSameWeightsInOneFile) {
  EXPECT_EQ(hidden_states(kFixtures / "weights" / GetParam()), hidden_states(kTinyBert));
}

INSTANTIATE_TEST_SUITE_P(Formats, FormatTest, ::testing::Values("sharded"));

TEST(FindWeightsTest, SaysWhatIsThereInsteadOfWeights) {
  const testing::TemporaryFolder folder;
  const auto missing = find_weights(folder.path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().message,
              ::testing::StartsWith(folder.path().string() +
                                    ": has no weights, Kindred reads model.safetensors, "
                                    "model.safetensors.index.json"));
  folder.write("tf_model.h5", "");
  const auto other = find_weights(folder.path());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::unsupported);
  EXPECT_THAT(other.error().message, ::testing::HasSubstr(": has its weights in tf_model.h5, "));
  std::filesystem::create_symlink("nowhere", folder / "model.safetensors");
  EXPECT_THAT(find_weights(folder.path()).error().message,
              ::testing::HasSubstr("model.safetensors: cannot open: No such file or directory"));
}

}  // namespace
}  // namespace kindred::model
