#include "model/bert.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/file_system.h"
#include "files/safetensors.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "model/encoder.h"
#include "support/instruction_sets.h"
#include "support/temporary_folder.h"

namespace kindred::model {
namespace {

const std::filesystem::path kTinyBert =
    std::filesystem::path(KINDRED_FIXTURES) / "models" / "tiny_bert";

/// The texts of the fixture as the reference tokenized them, in one batch.
struct Fixture {
  std::vector<std::uint32_t> ids;
  std::vector<std::uint32_t> type_ids;
  std::vector<std::size_t> starts = {0};

  Fixture() {
    const auto texts = nlohmann::json::parse(*base::read_file(kTinyBert / "expected" / "ids.json"));
    for (const auto& text : texts) {
      for (const auto& id : text) ids.push_back(id.get<std::uint32_t>());
      starts.push_back(ids.size());
    }
    type_ids.resize(ids.size());
  }
  Batch batch() const { return {.ids = ids, .type_ids = type_ids, .starts = starts}; }
};

TEST(BertTest, HiddenStatesAgreeWithTheReferenceOnEveryInstructionSet) {
  const Fixture fixture;
  const Matrix expected = *read_vectors(kTinyBert / "expected" / "hidden.npy");
  testing::on_every_instruction_set([&] {
    const auto model = open_encoder(kTinyBert);  // packs its weights for the set in force
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->family, "bert");
    tensor::Workspace workspace;
    const auto hidden = model->encoder->forward(workspace, fixture.batch());
    ASSERT_EQ(hidden.rows(), expected.rows());
    ASSERT_EQ(hidden.columns(), expected.dimensions());
    for (std::size_t i = 0; i < hidden.values().size(); ++i)
      ASSERT_NEAR(hidden.values()[i], expected.values()[i], 1e-5) << "value " << i;
  });
}

TEST(BertTest, ATextHasTheSameBitsAloneAndInABatchAtAnyThreadCount) {
  const Fixture fixture;
  const auto model = open_encoder(kTinyBert);
  ASSERT_TRUE(model) << model.error().message;
  tensor::Workspace workspace;
  const auto together = model->encoder->forward(workspace, fixture.batch());
  for (const std::size_t thread_count : {1, 2, 3}) {
    set_threads(thread_count);
    for (std::size_t text = 0; text + 1 < fixture.starts.size(); ++text) {
      const std::size_t first = fixture.starts[text];
      const std::size_t length = fixture.starts[text + 1] - first;
      const std::vector<std::size_t> starts = {0, length};
      const auto alone = model->encoder->forward(
          workspace, {.ids = std::span(fixture.ids).subspan(first, length),
                      .type_ids = std::span(fixture.type_ids).subspan(first, length),
                      .starts = starts});
      ASSERT_TRUE(std::equal(alone.values().begin(), alone.values().end(), together.row(first)))
          << "text " << text << ", threads " << thread_count;
    }
  }
  set_threads(0);
}

/// A copy of the tiny model that a test may damage.
class DamagedModelTest : public ::testing::Test {
 protected:
  DamagedModelTest() {
    for (const char* name : {"config.json", "model.safetensors"})
      std::filesystem::copy_file(kTinyBert / name, folder_.path() / name);
  }

  void set_config(const std::string& field, const nlohmann::json& value) {
    auto config = nlohmann::json::parse(*base::read_file(folder_.path() / "config.json"));
    if (value.is_discarded()) {
      config.erase(field);
    } else {
      config[field] = value;
    }
    std::ofstream(folder_.path() / "config.json") << config;
  }

  std::string error() const {
    const auto model = open_encoder(folder_.path());
    return model ? "" : model.error().message.substr(folder_.path().string().size() + 1);
  }

  testing::TemporaryFolder folder_;
};

TEST_F(DamagedModelTest, NamesWhatIsWrongInTheConfiguration) {
  EXPECT_EQ(error(), "");
  set_config("model_type", "rwkv");
  EXPECT_EQ(error().substr(0, 73),
            "config.json: model_type is \"rwkv\", Kindred has: albert, bert, camembert, ");
  set_config("model_type", 7);
  EXPECT_EQ(error(), "config.json: \"model_type\" is 7, a text is needed");
  set_config("model_type", "bert");
  set_config("hidden_act", "mish");
  EXPECT_EQ(error(),
            "config.json: \"hidden_act\" is \"mish\", Kindred has: \"gelu\", \"gelu_python\", "
            "\"gelu_new\", \"gelu_fast\", \"gelu_pytorch_tanh\", \"relu\", \"tanh\", \"silu\", "
            "\"swish\"");
  set_config("hidden_act", "gelu");
  set_config("num_attention_heads", 5);
  EXPECT_EQ(error(),
            "config.json: \"num_attention_heads\" is 5, a divisor of hidden_size 32 is needed");
  set_config("num_attention_heads", -4);
  EXPECT_EQ(
      error(),
      "config.json: \"num_attention_heads\" is -4, a whole number from 1 to 1048576 is needed");
  set_config("num_attention_heads", nlohmann::json(nlohmann::json::value_t::discarded));
  EXPECT_EQ(error(),
            "config.json: \"num_attention_heads\" is missing, a whole number above 0 is needed");
}

TEST_F(DamagedModelTest, NamesATensorThatContradictsTheConfiguration) {
  set_config("intermediate_size", 73);
  EXPECT_EQ(error(),
            "model.safetensors: tensor \"encoder.layer.0.intermediate.dense.weight\" is 72 x 32, "
            "config.json asks for 73 x 32");
  set_config("intermediate_size", 72);
  set_config("num_hidden_layers", 1000000);
  EXPECT_EQ(error(),
            "model.safetensors: has no tensor \"encoder.layer.2.attention.self.query.weight\"");
}

TEST_F(DamagedModelTest, NamesAMissingOrMalformedFile) {
  std::filesystem::resize_file(folder_.path() / "model.safetensors", 1000);
  EXPECT_NE(error(), "");
  std::filesystem::remove(folder_.path() / "model.safetensors");
  EXPECT_NE(open_encoder(folder_.path()).error().message.find(": has no weights, "),
            std::string::npos);
  std::ofstream(folder_.path() / "config.json") << "[1, 2]";
  EXPECT_EQ(error(), "config.json: holds array, an object is needed");
  std::ofstream(folder_.path() / "config.json") << "{\"model_type\": ";
  EXPECT_EQ(error(), "config.json: is not valid JSON");
  // Nesting must not reach the call stack.
  std::ofstream(folder_.path() / "config.json") << std::string(1000000, '[');
  EXPECT_EQ(error(), "config.json: is not valid JSON");
  std::ofstream(folder_.path() / "config.json")
      << "{\"a\": " << std::string(1000000, '[') << std::string(1000000, ']') << "}";
  EXPECT_EQ(error(), "config.json: \"model_type\" is missing, a text is needed");
  std::filesystem::remove(folder_.path() / "config.json");
  EXPECT_EQ(error(), "config.json: cannot open: No such file or directory");
}

TEST_F(DamagedModelTest, RefusesWeightsOfAnotherType) {
  const auto file = *files::SafeTensors::open(kTinyBert / "model.safetensors");
  std::vector<files::StoredTensor> tensors(file.tensors().begin(), file.tensors().end());
  for (auto& tensor : tensors)
    if (tensor.name == "embeddings.LayerNorm.weight") tensor.type = files::DataType::i32;
  ASSERT_TRUE(
      write_safetensors(base::real_file_system(), folder_.path() / "model.safetensors", tensors));
  EXPECT_EQ(error(),
            "model.safetensors: tensor \"embeddings.LayerNorm.weight\" is I32, weights are real "
            "numbers");
}

}  // namespace
}  // namespace kindred::model
