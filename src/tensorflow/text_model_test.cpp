// Whole models beside TensorFlow (tests/golden/make_saved_model.py), and models that are damaged.
#include "tensorflow/text_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "support/temporary_folder.h"

namespace kindred::tensorflow {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "saved_model";

class TextModelTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const auto fixture = nlohmann::json::parse(*base::read_file(kFixtures / "texts.json"));
    texts_ = fixture["texts"].get<std::vector<std::string>>();
    views_.assign(texts_.begin(), texts_.end());
    vectors_ = fixture["vectors"][GetParam()].get<std::vector<std::vector<float>>>();
  }

  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
  std::vector<std::vector<float>> vectors_;
};

TEST_P(TextModelTest, AgreesWithTensorFlow) {
  const auto model = TextModel::open(kFixtures / GetParam());
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->dimensions(), vectors_[0].size());
  tensor::Workspace workspace;
  const auto all = model->run(workspace, views_);
  ASSERT_TRUE(all) << all.error().message;
  float largest = 0;
  for (const auto& row : vectors_)
    for (const float value : row) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < views_.size(); ++i) {
    for (std::size_t k = 0; k < vectors_[i].size(); ++k)
      EXPECT_NEAR(all->row(i)[k], vectors_[i][k], 1e-5F * largest) << texts_[i] << " " << k;
    const auto alone = model->run(workspace, std::span(views_).subspan(i, 1));
    ASSERT_TRUE(alone);
    EXPECT_TRUE(std::equal(alone->row(0), alone->row(0) + alone->columns(), all->row(i)))
        << texts_[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Models, TextModelTest,
                         ::testing::Values("nnlm", "swivel", "nnlm_v1", "use_v1", "use_v2"),
                         [](const auto& param) { return std::string(param.param); });

class DamagedTest : public ::testing::Test {
 protected:
  /// The error of a copy of `model`.
  std::string error_after(const char* model, const std::function<void()>& damage) {
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(kFixtures / model, folder_, std::filesystem::copy_options::recursive);
    damage();
    const auto opened = TextModel::open(folder_);
    return opened ? "" : opened.error().message;
  }
  void replace(const std::string& file, std::string_view from, std::string_view to) {
    auto bytes = *base::read_file(folder_ / file);
    const auto place = bytes.find(from);
    ASSERT_NE(place, std::string::npos);
    bytes.replace(place, from.size(), to);
    std::ofstream(folder_ / file, std::ios::binary) << bytes;
  }

  testing::TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_.path() / "model";
};

TEST_F(DamagedTest, ErrorsSayWhatIsWrong) {
  EXPECT_THAT(error_after("use_v1", [&] { std::filesystem::remove_all(folder_ / "variables"); }),
              HasSubstr("there is no variable \"Embeddings_en/sharded_0\""));
  EXPECT_THAT(error_after("nnlm", [&] { std::filesystem::remove_all(folder_ / "assets"); }),
              HasSubstr("assets/tokens.txt"));
  EXPECT_THAT(
      error_after("nnlm",
                  [&] { replace("saved_model.pb", "SparseSegmentSqrtN", "SparseSegmentSqrtX"); }),
      HasSubstr("is a SparseSegmentSqrtX, an operation that Kindred doesn't have"));
  EXPECT_THAT(
      error_after("nnlm",
                  [&] { replace("saved_model.pb", "\x12\ntokens.txt", "\x12\n../../ab.t"); }),
      HasSubstr("needs the file \"../../ab.t\", which is not its own"));
  EXPECT_THAT(error_after("nnlm", [&] { replace("assets/tokens.txt", "bank\n", "the\n\n"); }),
              HasSubstr("line 3 of its file stands there twice"));
  EXPECT_THAT(error_after("nnlm",
                          [&] {
                            const auto data = folder_ / "variables/variables.data-00000-of-00001";
                            auto bytes = *base::read_file(data);
                            bytes[8] = static_cast<char>(bytes[8] ^ 1);
                            std::ofstream(data, std::ios::binary) << bytes;
                          }),
              HasSubstr("has another checksum"));
  EXPECT_THAT(error_after("nnlm",
                          [&] {
                            const auto data = folder_ / "variables/variables.data-00000-of-00001";
                            std::filesystem::resize_file(data, 20);
                          }),
              HasSubstr("doesn't lie in its file"));
  EXPECT_THAT(
      error_after("nnlm", [&] { std::filesystem::resize_file(folder_ / "saved_model.pb", 99); }),
      HasSubstr("saved_model.pb: "));
}

}  // namespace
}  // namespace kindred::tensorflow
