// Vectors of tokens beside sentence-transformers' MultiVectorEncoder.
#include "kindred/multi_vector_embedder.h"

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
const std::filesystem::path kModels = kFixtures / "multi_vector";

nlohmann::json json_of(const std::filesystem::path& path) {
  return nlohmann::json::parse(*base::read_file(path));
}

class MultiVectorTest : public ::testing::TestWithParam<const char*> {
 protected:
  void TearDown() override { set_threads(0); }
  /// Expects what the reference has for texts of a role.
  void expect_vectors(const MultiVectorEmbedder& embedder, TextRole role, const char* name) const {
    const std::vector<std::string_view> views(texts_.begin(), texts_.end());
    const auto result = embedder.embed(views, role);
    ASSERT_TRUE(result) << result.error().message;
    const auto counts = json_of(folder_ / "counts.json")[name].get<std::vector<std::size_t>>();
    const Matrix expected = *read_vectors(folder_ / fmt_name(name));
    ASSERT_EQ(result->vectors.rows(), expected.rows());
    for (std::size_t text = 0; text < views.size(); ++text) {
      EXPECT_EQ(result->of(text).rows(), counts[text]) << name << text;
      set_threads(text % 2 + 1);
      const auto alone = embedder.embed(std::span(views).subspan(text, 1), role);
      EXPECT_TRUE(std::ranges::equal(alone->vectors.values(), result->of(text).values()));
    }
    for (std::size_t i = 0; i < expected.values().size(); ++i)
      ASSERT_NEAR(result->vectors.values()[i], expected.values()[i], 1e-5F) << name << " " << i;
  }
  static std::string fmt_name(const char* name) { return std::string(name) + ".npy"; }

  std::filesystem::path folder_ = kModels / GetParam();
  std::vector<std::string> texts_ =
      json_of(kFixtures / "models" / "tiny_bert" / "expected" / "texts.json")
          .get<std::vector<std::string>>();
};

TEST_P(MultiVectorTest, VectorsAgreeWithTheReferenceInABatchAndAlone) {
  const auto embedder = MultiVectorEmbedder::open(folder_);
  ASSERT_TRUE(embedder) << embedder.error().message;
  EXPECT_EQ(embedder->dimensions(), 16);
  expect_vectors(*embedder, TextRole::query, "queries");
  expect_vectors(*embedder, TextRole::document, "documents");
}

TEST_P(MultiVectorTest, SimilaritiesAgreeWithTheReference) {
  const auto embedder = MultiVectorEmbedder::open(folder_);
  ASSERT_TRUE(embedder) << embedder.error().message;
  const std::vector<std::string_view> views(texts_.begin(), texts_.end());
  const auto queries = embedder->embed(std::span(views).first(2), TextRole::query);
  const auto documents = embedder->embed(views, TextRole::document);
  const auto expected = json_of(folder_ / "counts.json")["similarity"];
  for (std::size_t query = 0; query < 2; ++query)
    for (std::size_t text = 0; text < views.size(); ++text)
      EXPECT_NEAR(embedder->similarity(queries->of(query), documents->of(text)),
                  expected[query][text].get<float>(), 2e-4F);
}

INSTANTIATE_TEST_SUITE_P(All, MultiVectorTest,
                         ::testing::Values("at_least", "attends", "mean_similarity", "modernbert",
                                           "native", "pylate", "pylate_of_old",
                                           "pylate_without_expansion", "stanford", "stanford_alone",
                                           "without_expansion"),
                         [](const auto& name) { return std::string(name.param); });

TEST(MultiVectorOpenTest, SaysHowTextsAreRead) {
  const auto embedder = MultiVectorEmbedder::open(kModels / "at_least");
  ASSERT_TRUE(embedder) << embedder.error().message;
  EXPECT_EQ(embedder->max_tokens(TextRole::query), 12);
  EXPECT_EQ(embedder->max_tokens(TextRole::document), 40);
  const std::vector<std::string_view> texts = {
      "a", "the river bank of the fox and the boat of the tree"};
  const auto result = embedder->embed(texts, TextRole::query);
  EXPECT_EQ(result->starts, (std::vector<std::size_t>{0, 8, 20}));
  EXPECT_EQ(result->truncated, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(embedder->similarity(result->of(0), MatrixView()), 0);
}

TEST(MultiVectorOpenTest, RecognizesItsLayouts) {
  EXPECT_TRUE(MultiVectorEmbedder::recognizes(kModels / "native"));
  EXPECT_TRUE(MultiVectorEmbedder::recognizes(kModels / "pylate_of_old"));
  EXPECT_TRUE(MultiVectorEmbedder::recognizes(kModels / "stanford"));
  EXPECT_FALSE(MultiVectorEmbedder::recognizes(kFixtures / "models" / "tiny_bert"));
  EXPECT_FALSE(MultiVectorEmbedder::recognizes(kModels / "nothing"));
}

class MultiVectorErrorTest : public ::testing::Test {
 protected:
  /// The error of a fixture of which one file has another field; what is left of the folder's name.
  std::string error_with(const std::string& fixture, const std::string& file,
                         const std::string& field, const nlohmann::json& value) const {
    const testing::TemporaryFolder folder;
    std::filesystem::copy(kModels / fixture, folder.path(),
                          std::filesystem::copy_options::recursive);
    auto config = json_of(folder / file);
    config[field] = value;
    std::ofstream(folder / file) << config;
    const auto opened = MultiVectorEmbedder::open(folder.path());
    return opened ? "" : opened.error().message.substr(folder.path().string().size());
  }
};

TEST_F(MultiVectorErrorTest, NamesWhatIsWrong) {
  const auto tiny = kFixtures / "models" / "tiny_bert";
  EXPECT_EQ(MultiVectorEmbedder::open(tiny).error().message,
            tiny.string() +
                ": isn't a late-interaction model, as sentence-transformers' "
                "MultiVectorEncoder, PyLate and colbert-ir write them");
  const std::string settings = "sentence_bert_config.json";
  EXPECT_EQ(error_with("native", settings, "query_expansion", {{"strategy", "all"}, {"length", 3}}),
            "/sentence_bert_config.json: \"query_expansion.strategy\" is \"all\", \"fixed\" or "
            "\"min\" is needed");
  EXPECT_EQ(error_with("native", settings, "query_expansion",
                       {{"strategy", "fixed"}, {"length", 3}, {"token", "[NONE]"}}),
            ": questions are filled up with \"[NONE]\", which is no token");
  EXPECT_EQ(
      error_with("native", settings, "query_expansion", {{"strategy", "min"}, {"length", 999}}),
      ": makes questions 999 tokens long, the encoder has 40 positions");
  EXPECT_EQ(error_with("native", "tokenizer_config.json", "padding_side", "left"),
            "/tokenizer_config.json: \"padding_side\" is \"left\", Kindred has \"right\"");
  EXPECT_EQ(error_with("native", "2_MultiVectorMask/config.json", "keep_only_token_ids", {-1}),
            "/2_MultiVectorMask/config.json: \"keep_only_token_ids\" is [-1], a list of token ids "
            "is needed");
  EXPECT_EQ(error_with("stanford", "artifact.metadata", "similarity", "l2"),
            "/artifact.metadata: \"similarity\" is \"l2\", Kindred has \"cosine\"");
}

}  // namespace
}  // namespace kindred
