// Sparse vectors beside sentence-transformers' SparseEncoder.
#include "kindred/sparse_embedder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

const std::filesystem::path kFixtures = KINDRED_FIXTURES;

class SparseTest : public ::testing::TestWithParam<const char*> {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST_P(SparseTest, WeightsAgreeWithTheReferenceInABatchAndAlone) {
  const auto folder = kFixtures / "sparse" / GetParam();
  const auto embedder = SparseEmbedder::open(folder);
  ASSERT_TRUE(embedder) << embedder.error().message;
  const auto texts = nlohmann::json::parse(*base::read_file(kFixtures / "models" / "tiny_bert" /
                                                            "expected" / "texts.json"))
                         .get<std::vector<std::string>>();
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto result = embedder->embed(views);
  ASSERT_TRUE(result) << result.error().message;
  const Matrix expected = *read_vectors(folder / "vectors.npy");
  ASSERT_EQ(expected.dimensions(), embedder->dimensions());
  for (std::size_t text = 0; text < views.size(); ++text) {
    const SparseVector& vector = result->vectors[text];
    EXPECT_TRUE(std::ranges::is_sorted(vector.ids));
    EXPECT_EQ(std::ranges::count(vector.weights, 0.0F), 0);
    std::vector<float> dense(expected.dimensions());
    for (std::size_t i = 0; i < vector.ids.size(); ++i) dense[vector.ids[i]] = vector.weights[i];
    const auto row = expected.row(text);
    const float largest = std::max(1.0F, *std::ranges::max_element(row));
    for (std::size_t id = 0; id < dense.size(); ++id)
      ASSERT_NEAR(dense[id], row[id], 1e-5F * largest) << "text " << text << ", id " << id;
    set_threads(text % 2 + 1);
    EXPECT_EQ(embedder->embed(std::span(views).subspan(text, 1))->vectors[0], vector);
  }
}

INSTANTIATE_TEST_SUITE_P(All, SparseTest,
                         ::testing::Values("albert", "bert", "bert_alone", "deberta_v3",
                                           "distilbert", "electra", "modernbert", "mpnet",
                                           "roberta"),
                         [](const auto& name) { return std::string(name.param); });

TEST(SparseOpenTest, NamesWhatIsWrong) {
  const auto error_of = [](const std::filesystem::path& folder) {
    const auto opened = SparseEmbedder::open(folder);
    return opened ? "" : opened.error().message.substr(folder.string().size() + 1);
  };
  EXPECT_EQ(error_of(kFixtures / "models" / "tiny_bert"),
            "modules.json: isn't a Transformer and a SpladePooling, of which Kindred makes sparse "
            "vectors");
  const testing::TemporaryFolder folder;
  std::filesystem::copy(kFixtures / "sparse" / "bert", folder.path(),
                        std::filesystem::copy_options::recursive);
  std::ofstream(folder.path() / "1_SpladePooling" / "config.json")
      << R"({"pooling_strategy": "mean"})";
  EXPECT_EQ(error_of(folder.path()),
            "1_SpladePooling/config.json: \"pooling_strategy\" is \"mean\", \"max\" or \"sum\" is "
            "needed");
}

}  // namespace
}  // namespace kindred
