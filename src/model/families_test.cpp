// Every family of encoders beside its reference, on tiny models of random weights.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "model/encoder.h"
#include "support/gradient_check.h"
#include "support/instruction_sets.h"
#include "support/temporary_folder.h"

namespace kindred::model {
namespace {

const std::filesystem::path kEncoders = std::filesystem::path(KINDRED_FIXTURES) / "encoders";

const std::vector<std::string> kFixtures = {"albert",
                                            "albert_one_group",
                                            "bert_f16",
                                            "bert_head",
                                            "camembert",
                                            "deberta_v2",
                                            "deberta_v3",
                                            "distilbert",
                                            "distilbert_sinusoidal",
                                            "electra",
                                            "electra_wide",
                                            "embedding_gemma",
                                            "gemma3",
                                            "gpt2",
                                            "gpt2_head",
                                            "gte",
                                            "gte_without_types",
                                            "jina_bert",
                                            "llama",
                                            "llama_biased",
                                            "mistral",
                                            "modernbert",
                                            "modernbert_biased",
                                            "mpnet",
                                            "nomic_bert",
                                            "qwen2",
                                            "qwen2_yarn",
                                            "qwen3",
                                            "qwen3_bf16",
                                            "roberta",
                                            "t5",
                                            "t5_gated",
                                            "xlm_roberta"};

/// Those whose slopes can be measured: t5's rectifier has none where it bends, and among many
/// values some are near that.
std::vector<std::string> smooth_fixtures() {
  auto smooth = kFixtures;
  std::erase(smooth, "t5");
  return smooth;
}

/// The texts of a fixture, in one batch.
struct Texts {
  std::vector<std::uint32_t> ids;
  std::vector<std::uint32_t> type_ids;
  std::vector<std::size_t> starts = {0};

  explicit Texts(const std::filesystem::path& folder) {
    for (const auto& text : nlohmann::json::parse(*base::read_file(folder / "ids.json"))) {
      for (const auto& id : text) ids.push_back(id.get<std::uint32_t>());
      starts.push_back(ids.size());
    }
    type_ids.resize(ids.size());
  }
  Batch batch() const { return {.ids = ids, .type_ids = type_ids, .starts = starts}; }
};

class FamiliesTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::filesystem::path folder_ = kEncoders / GetParam();
  Texts texts_{folder_};
};

TEST_P(FamiliesTest, HiddenStatesAgreeWithTheReferenceOnEveryInstructionSet) {
  const Matrix expected = *read_vectors(folder_ / "hidden.npy");
  const float largest = std::abs(*std::ranges::max_element(
      expected.values(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
  testing::on_every_instruction_set([&] {
    const auto model = open_encoder(folder_);
    ASSERT_TRUE(model) << model.error().message;
    tensor::Workspace workspace;
    const auto hidden = model->encoder->forward(workspace, texts_.batch());
    ASSERT_EQ(hidden.rows(), expected.rows());
    ASSERT_EQ(hidden.columns(), expected.dimensions());
    for (std::size_t i = 0; i < hidden.values().size(); ++i)
      ASSERT_NEAR(hidden.values()[i], expected.values()[i], 1e-5 * largest) << "value " << i;
  });
}

TEST_P(FamiliesTest, StatesOfEachLayerAgreeWithTheReference) {
  const Matrix expected = *read_vectors(folder_ / "layers.npy");
  constexpr std::size_t kText = 2;  // the one that they are of
  const auto model = open_encoder(folder_);
  ASSERT_TRUE(model) << model.error().message;
  const std::size_t first = texts_.starts[kText];
  const std::size_t length = texts_.starts[kText + 1] - first;
  const std::vector<std::size_t> starts = {0, length};
  std::vector<float> found;
  tensor::Workspace workspace;
  model->encoder->forward(workspace,
                          {.ids = std::span(texts_.ids).subspan(first, length),
                           .type_ids = std::span(texts_.type_ids).subspan(first, length),
                           .starts = starts},
                          [&](std::size_t layer, const tensor::Tensor& states) {
                            EXPECT_EQ(layer * length * states.columns(), found.size());
                            found.insert(found.end(), states.values().begin(),
                                         states.values().end());
                          });
  ASSERT_EQ(found.size(), expected.values().size());
  float largest = 0;
  for (const float value : expected.values()) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected.values()[i], 1e-5F * largest) << "value " << i;
}

TEST_P(FamiliesTest, ATextHasTheSameBitsAloneAndInABatchAtAnyThreadCount) {
  const auto model = open_encoder(folder_);
  ASSERT_TRUE(model) << model.error().message;
  tensor::Workspace workspace;
  const auto together = model->encoder->forward(workspace, texts_.batch());
  for (const std::size_t thread_count : {1, 3}) {
    set_threads(thread_count);
    for (std::size_t text = 0; text + 1 < texts_.starts.size(); ++text) {
      const std::size_t first = texts_.starts[text];
      const std::size_t length = texts_.starts[text + 1] - first;
      const std::vector<std::size_t> starts = {0, length};
      const auto alone = model->encoder->forward(
          workspace, {.ids = std::span(texts_.ids).subspan(first, length),
                      .type_ids = std::span(texts_.type_ids).subspan(first, length),
                      .starts = starts});
      ASSERT_TRUE(std::equal(alone.values().begin(), alone.values().end(), together.row(first)))
          << "text " << text << ", threads " << thread_count;
    }
  }
  set_threads(0);
}

TEST_P(FamiliesTest, ItsTableOfTokensHasARowForEach) {
  const auto model = open_encoder(folder_);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->encoder->tables().tokens.rows, model->encoder->shape().vocabulary);
}

TEST_P(FamiliesTest, TheLongestTextIsThatOfTheFixture) {
  const auto model = open_encoder(folder_);
  ASSERT_TRUE(model) << model.error().message;
  std::size_t longest = 0;
  for (std::size_t text = 0; text + 1 < texts_.starts.size(); ++text)
    longest = std::max(longest, texts_.starts[text + 1] - texts_.starts[text]);
  const std::size_t positions = model->encoder->shape().positions;
  EXPECT_EQ(positions, model->family == "t5" ? kAnyLength : longest);
}

class GradientsOfFamiliesTest : public FamiliesTest {};

TEST_P(GradientsOfFamiliesTest, OfAllItsParametersAreSlopes) {
  const auto model = open_encoder(folder_, Purpose::training);
  ASSERT_TRUE(model) << model.error().message;
  std::vector<tensor::SharedParameter> parameters;
  for (const NamedParameter& named : model->trained) parameters.push_back(named.parameter);
  // The first texts; the longest of them would need many steps.
  const std::vector<std::size_t> starts(texts_.starts.begin(), texts_.starts.begin() + 4);
  const Batch batch{.ids = std::span(texts_.ids).first(starts.back()),
                    .type_ids = std::span(texts_.type_ids).first(starts.back()),
                    .starts = starts};
  testing::expect_right_gradients(
      [&](tensor::Workspace& workspace) { return model->encoder->forward(workspace, batch); },
      parameters, GetParam(), {.step = 0.01F, .tolerance = 2e-2, .least = 0.3});
}

const auto kName = [](const auto& name) { return name.param; };

INSTANTIATE_TEST_SUITE_P(All, FamiliesTest, ::testing::ValuesIn(kFixtures), kName);
INSTANTIATE_TEST_SUITE_P(All, GradientsOfFamiliesTest, ::testing::ValuesIn(smooth_fixtures()),
                         kName);

TEST(TorchFormatTest, GivesTheSameBitsAsSafetensorsWhichWins) {
  const testing::TemporaryFolder folder;
  const std::filesystem::path source = kEncoders / "albert_one_group";
  std::filesystem::copy_file(source / "config.json", folder / "config.json");
  std::filesystem::copy_file(kEncoders.parent_path() / "torch" / "encoder.bin",
                             folder / "pytorch_model.bin");
  const Texts texts(source);
  tensor::Workspace workspace;
  const auto same = open_encoder(source)->encoder->forward(workspace, texts.batch());
  const auto model = open_encoder(folder.path());
  ASSERT_TRUE(model) << model.error().message;
  const auto hidden = model->encoder->forward(workspace, texts.batch());
  EXPECT_TRUE(std::ranges::equal(hidden.values(), same.values()));

  // In two shards, one of which has all.
  std::filesystem::rename(folder / "pytorch_model.bin",
                          folder / "pytorch_model-00001-of-00001.bin");
  folder.write(
      "pytorch_model.bin.index.json",
      R"({"weight_map": {"albert.embeddings.word_embeddings.weight": "pytorch_model-00001-of-00001.bin"}})");
  EXPECT_TRUE(open_encoder(folder.path()));
  std::filesystem::copy_file(source / "model.safetensors", folder / "model.safetensors");
  folder.write("pytorch_model.bin.index.json", "broken");
  EXPECT_TRUE(open_encoder(folder.path()));
}

/// A copy of a fixture whose configuration a test may change.
class ConfigurationTest : public ::testing::Test {
 protected:
  static nlohmann::json config_of(const std::string& name) {
    return nlohmann::json::parse(*base::read_file(kEncoders / name / "config.json"));
  }
  /// folder_ becomes that model with this configuration.
  void write(const std::string& name, const nlohmann::json& config) const {
    std::filesystem::copy_file(kEncoders / name / "model.safetensors",
                               folder_.path() / "model.safetensors",
                               std::filesystem::copy_options::overwrite_existing);
    std::ofstream(folder_.path() / "config.json") << config;
  }
  /// Expects that this configuration says the same as that of the fixture.
  void expect_same_model(const std::string& name, const nlohmann::json& config) const {
    write(name, config);
    const auto model = open_encoder(folder_.path());
    ASSERT_TRUE(model) << model.error().message;
    const auto expected = open_encoder(kEncoders / name);
    const Texts texts(kEncoders / name);
    tensor::Workspace workspace;
    const auto hidden = model->encoder->forward(workspace, texts.batch());
    const auto same = expected->encoder->forward(workspace, texts.batch());
    EXPECT_TRUE(std::ranges::equal(hidden.values(), same.values())) << name << config;
  }
  std::string error(const std::string& name, const std::string& field,
                    const nlohmann::json& value) const {
    auto config = config_of(name);
    config[field] = value;
    write(name, config);
    const auto model = open_encoder(folder_.path());
    return model ? "" : model.error().message.substr(folder_.path().string().size() + 1);
  }
  testing::TemporaryFolder folder_;
};

/// A configuration without some fields, and with others.
nlohmann::json with(nlohmann::json config, const std::vector<std::string>& without,
                    const nlohmann::json& others) {
  for (const std::string& field : without) config.erase(field);
  config.update(others);
  return config;
}

TEST_F(ConfigurationTest, FieldsOfOldSayTheSameAsThoseOfToday) {
  const std::vector<std::string> rope = {"rope_parameters"};
  const std::vector<std::string> layers = {"rope_parameters", "layer_types"};
  expect_same_model("llama", with(config_of("llama"), rope, {{"rope_theta", 10000.0}}));
  auto llama3 = config_of("llama_biased")["rope_parameters"];
  llama3.erase("rope_theta");
  expect_same_model("llama_biased", with(config_of("llama_biased"), rope,
                                         {{"rope_theta", 10000.0}, {"rope_scaling", llama3}}));
  expect_same_model(
      "qwen2_yarn",
      with(config_of("qwen2_yarn"), layers,
           {{"rope_theta", 10000.0},
            {"rope_scaling",
             {{"type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 10}}}}));
  expect_same_model("qwen2", with(config_of("qwen2"), layers, {{"rope_theta", 10000.0}}));
  expect_same_model("modernbert", with(config_of("modernbert"), layers,
                                       {{"global_rope_theta", 160000.0},
                                        {"local_rope_theta", 10000.0},
                                        {"global_attn_every_n_layers", 3}}));
  expect_same_model("gemma3", with(config_of("gemma3"), layers,
                                   {{"rope_theta", 1000000.0},
                                    {"rope_local_base_freq", 10000.0},
                                    {"sliding_window_pattern", 3},
                                    {"_sliding_window_pattern", 3}}));
}

TEST_F(ConfigurationTest, ThoseOfTheCodeThatCameWithAModelSayTheSame) {
  expect_same_model("nomic_bert", {{"model_type", "nomic_bert"},
                                   {"activation_function", "swiglu"},
                                   {"attn_pdrop", 0.0},
                                   {"causal", false},
                                   {"dense_seq_output", true},
                                   {"layer_norm_epsilon", 1e-12},
                                   {"max_trained_positions", 2048},
                                   {"mlp_fc1_bias", false},
                                   {"mlp_fc2_bias", false},
                                   {"n_embd", 24},
                                   {"n_head", 3},
                                   {"n_inner", 20},
                                   {"n_layer", 2},
                                   {"n_positions", 40},
                                   {"pad_vocab_size_multiple", 64},
                                   {"parallel_block", false},
                                   {"prenorm", false},
                                   {"qkv_proj_bias", false},
                                   {"rotary_emb_base", 1000},
                                   {"rotary_emb_fraction", 1.0},
                                   {"rotary_emb_interleaved", false},
                                   {"rotary_emb_scale_base", nullptr},
                                   {"rotary_scaling_factor", nullptr},
                                   {"type_vocab_size", 2},
                                   {"use_rms_norm", false},
                                   {"vocab_size", 50}});
  expect_same_model("gte", with(config_of("gte"), {"rope_parameters"},
                                {{"model_type", "new"},
                                 {"layer_norm_type", "layer_norm"},
                                 {"logn_attention_clip1", false},
                                 {"logn_attention_scale", false},
                                 {"pack_qkv", true},
                                 {"position_embedding_type", "rope"},
                                 {"rope_theta", 160000},
                                 {"unpad_inputs", false},
                                 {"use_memory_efficient_attention", false}}));
}

TEST_F(ConfigurationTest, RefusesWhatMightChangeTheVectors) {
  EXPECT_EQ(error("roberta", "use_cache", true), "");
  EXPECT_EQ(error("roberta", "rope_scaling", nullptr), "");
  EXPECT_EQ(error("roberta", "attention_window", 512),
            "config.json: \"attention_window\" is 512, which Kindred doesn't know: it might change "
            "the vectors");
  EXPECT_EQ(error("albert", "is_decoder", true),
            "config.json: \"is_decoder\" is true, Kindred has false");
  EXPECT_EQ(error("mpnet", "relative_attention_num_buckets", 64),
            "config.json: \"relative_attention_num_buckets\" is 64, Kindred has 32");
  EXPECT_EQ(error("electra", "pruned_heads", {{"0", {1}}}),
            "config.json: \"pruned_heads\" is {\"0\":[1]}, Kindred has {}");
}

TEST_F(ConfigurationTest, RefusesWhatContradictsItself) {
  EXPECT_EQ(error("roberta", "pad_token_id", 40),
            "config.json: \"max_position_embeddings\" is 22, a whole number above 41 is needed");
  EXPECT_EQ(error("roberta", "pad_token_id", -1),
            "config.json: \"pad_token_id\" is -1, a whole number from 0 to 1048576 is needed");
  EXPECT_EQ(error("albert", "num_hidden_groups", 6),
            "config.json: \"num_hidden_groups\" is 6, at most num_hidden_layers 5 is needed");
  EXPECT_EQ(error("electra", "embedding_size", 13),
            "model.safetensors: tensor \"embeddings.word_embeddings.weight\" is 50 x 12, "
            "config.json asks for 50 x 13");
  EXPECT_EQ(error("distilbert", "n_heads", 5),
            "config.json: \"n_heads\" is 5, a divisor of dim 24 is needed");
}

}  // namespace
}  // namespace kindred::model
