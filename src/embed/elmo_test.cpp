// ELMo beside an independent statement of it (tests/golden/make_elmo.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/embedder.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "elmo";

class ElmoTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const auto fixture = nlohmann::json::parse(*base::read_file(folder_ / "texts.json"));
    texts_ = fixture["texts"].get<std::vector<std::string>>();
    words_ = fixture["words"].get<std::vector<std::vector<std::string>>>();
    views_.assign(texts_.begin(), texts_.end());
  }
  void TearDown() override { set_threads(0); }

  static void expect_near(const Matrix& found, const Matrix& expected, const std::string& what) {
    ASSERT_EQ(found.rows(), expected.rows()) << what;
    ASSERT_EQ(found.dimensions(), expected.dimensions()) << what;
    float largest = 0;
    for (const float value : expected.values()) largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < expected.values().size(); ++i)
      ASSERT_NEAR(found.values()[i], expected.values()[i], 1e-5F * largest) << what << " " << i;
  }

  std::filesystem::path folder_ = kFixtures / GetParam();
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
  std::vector<std::vector<std::string>> words_;
};

TEST_P(ElmoTest, StatesOfEachLayerAgreeWithTheStatement) {
  const auto embedder = Embedder::open(folder_);
  ASSERT_TRUE(embedder) << embedder.error().message;
  EXPECT_EQ(embedder->tokenizer(), nullptr);
  for (std::size_t layer = 0; layer <= embedder->describe().layers; ++layer) {
    const auto states = embedder->embed_tokens(views_, {.layer = layer});
    ASSERT_TRUE(states) << states.error().message;
    std::size_t row = 0;
    for (std::size_t text = 0; text < words_.size(); ++text)
      for (const std::string& word : words_[text]) {
        const TokenPlace& place = states->places[row++];
        EXPECT_EQ(place.text, text);
        EXPECT_EQ(texts_[text].substr(place.begin, place.end - place.begin), word);
      }
    const auto name = "layer_" + std::to_string(layer) + ".npy";
    expect_near(states->vectors, *read_vectors(folder_ / name), name);
  }
}

TEST_P(ElmoTest, VectorsAgreeWithTheStatementInABatchAndAlone) {
  const auto embedder = Embedder::open(folder_);
  ASSERT_TRUE(embedder) << embedder.error().message;
  const auto result = embedder->embed(views_);
  ASSERT_TRUE(result) << result.error().message;
  expect_near(result->vectors, *read_vectors(folder_ / "vectors.npy"), "vectors");
  for (std::size_t text = 0; text < views_.size(); ++text) {
    set_threads(text % 2 + 1);
    const auto alone = embedder->embed(std::span(views_).subspan(text, 1));
    EXPECT_TRUE(std::ranges::equal(alone->vectors.row(0), result->vectors.row(text))) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ElmoTest, ::testing::Values("relu", "tanh_packed"),
                         [](const auto& name) { return std::string(name.param); });

TEST(ElmoModelTest, SaysWhatItIs) {
  const auto embedder = Embedder::open(kFixtures / "relu");
  ASSERT_TRUE(embedder) << embedder.error().message;
  const ModelDescription& model = embedder->describe();
  EXPECT_EQ(model.family, "elmo");
  EXPECT_EQ(model.layers, 2);
  EXPECT_EQ(model.dimensions, 16);
  EXPECT_GT(model.parameters, 0);
  EXPECT_EQ(embedder->token_embeddings().rows(), 0);
  EXPECT_NE(model.hash, Embedder::open(kFixtures / "tanh_packed")->describe().hash);
  // A text without words has no states; its vector is zero.
  const std::vector<std::string_view> texts = {"", " \n", "a"};
  const auto result = embedder->embed(texts);
  const auto is_zero = [&](std::size_t text) {
    return std::ranges::all_of(result->vectors.row(text), [](float value) { return value == 0; });
  };
  EXPECT_TRUE(is_zero(0) && is_zero(1));
  EXPECT_FALSE(is_zero(2));
}

class ElmoErrorTest : public ::testing::Test {
 protected:
  /// The error where one of the options has another value, without the folder's name.
  std::string error_with(const std::string& pointer, const nlohmann::json& value) const {
    const testing::TemporaryFolder folder;
    std::filesystem::copy(kFixtures / "relu", folder.path(),
                          std::filesystem::copy_options::recursive);
    auto options = nlohmann::json::parse(*base::read_file(folder / "elmo_tiny_options.json"));
    options[nlohmann::json::json_pointer(pointer)] = value;
    std::ofstream(folder / "elmo_tiny_options.json") << options;
    const auto opened = Embedder::open(folder.path());
    return opened ? "" : opened.error().message.substr(folder.path().string().size() + 1);
  }
};

TEST_F(ElmoErrorTest, OptionsThatContradictTheWeightsAreNamed) {
  EXPECT_EQ(error_with("/lstm/dim", 13),
            "elmo_tiny_weights.hdf5: \"RNN_0/RNN/MultiRNNCell/Cell0/LSTMCell/W_0\" is 16 x 48, the "
            "options ask for 16 x 52");
  EXPECT_EQ(error_with("/lstm/n_layers", 3),
            "elmo_tiny_weights.hdf5: has no array "
            "\"RNN_0/RNN/MultiRNNCell/Cell2/LSTMCell/W_0\"");
  EXPECT_EQ(error_with("/lstm/use_skip_connections", false),
            "elmo_tiny_options.json: \"lstm.use_skip_connections\" is false, true is needed");
  EXPECT_EQ(error_with("/lstm/zoneout", 0.5),
            "elmo_tiny_options.json: \"lstm.zoneout\" is 0.5, which Kindred doesn't know: it "
            "might change the vectors");
  EXPECT_EQ(error_with("/char_cnn/filters", {{9999, 4}}),
            "elmo_tiny_options.json: \"char_cnn.filters\" is [[9999,4]], a list of widths and "
            "counts is needed");
  EXPECT_EQ(error_with("/char_cnn/activation", "elu"),
            "elmo_tiny_options.json: \"char_cnn.activation\" is \"elu\", \"relu\" or \"tanh\" is "
            "needed");
}

}  // namespace
}  // namespace kindred
