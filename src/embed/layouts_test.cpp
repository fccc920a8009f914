// What a sentence-transformers folder may say, each beside the reference's vectors for it.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/embedder.h"
#include "kindred/vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

namespace fs = std::filesystem;

const fs::path kModels = fs::path(KINDRED_FIXTURES) / "models";
const fs::path kLayouts = kModels / "layouts";

EmbedOptions options_of(const nlohmann::json& call) {
  EmbedOptions options;
  if (call.contains("role"))
    options.role = call["role"] == "query" ? TextRole::query : TextRole::document;
  options.prompt_name = call.value("prompt_name", "");
  if (call.contains("prompt")) options.prompt = call["prompt"].get<std::string>();
  options.dimensions = call.value("dimensions", std::size_t{0});
  return options;
}

class LayoutsTest : public ::testing::TestWithParam<std::string> {
 protected:
  LayoutsTest() {
    constexpr auto kOver = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
    for (const char* name : {"config.json", "model.safetensors", "tokenizer.json",
                             "tokenizer_config.json", "sentence_bert_config.json"})
      fs::copy(kModels / "tiny_bert" / name, folder_.path() / name);
    fs::copy(kLayouts / GetParam(), folder_.path(), kOver);
    const auto texts =
        nlohmann::json::parse(*base::read_file(kModels / "tiny_bert" / "expected" / "texts.json"));
    texts_ = texts.get<std::vector<std::string>>();
    views_.assign(texts_.begin(), texts_.end());
  }
  testing::TemporaryFolder folder_;
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
};

TEST_P(LayoutsTest, VectorsAgreeWithSentenceTransformersInABatchAndAlone) {
  const auto embedder = Embedder::open(folder_.path());
  ASSERT_TRUE(embedder) << embedder.error().message;
  const auto calls = nlohmann::json::parse(*base::read_file(folder_.path() / "calls.json"));
  ASSERT_FALSE(calls.empty());
  for (std::size_t call = 0; call < calls.size(); ++call) {
    const EmbedOptions options = options_of(calls[call]);
    const auto result = embedder->embed(views_, options);
    ASSERT_TRUE(result) << result.error().message;
    const Matrix expected =
        *read_vectors(folder_.path() / ("vectors_" + std::to_string(call) + ".npy"));
    ASSERT_EQ(result->vectors.dimensions(), expected.dimensions());
    float largest = 0;
    for (const float value : expected.values()) largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < expected.values().size(); ++i)
      ASSERT_NEAR(result->vectors.values()[i], expected.values()[i], 1e-5F * largest)
          << calls[call] << ", text " << i / expected.dimensions();
    for (std::size_t text = 0; text < views_.size(); ++text) {
      const auto alone = embedder->embed(std::span(views_).subspan(text, 1), options);
      ASSERT_TRUE(alone);
      EXPECT_TRUE(std::ranges::equal(alone->vectors.row(0), result->vectors.row(text)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, LayoutsTest,
                         ::testing::Values("default_prompt", "dense", "joined_by_flags",
                                           "joined_by_list", "lasttoken", "lowercase",
                                           "many_modules", "max", "mean_sqrt_len_tokens",
                                           "no_modules_causal", "prompts", "shorter_vectors",
                                           "weightedmean", "without_prompt_cls",
                                           "without_prompt_lasttoken", "without_prompt_max",
                                           "without_prompt_mean", "without_prompt_weightedmean"),
                         [](const auto& name) { return name.param; });

TEST(PromptsTest, ANameThatIsNotThereIsAnErrorThatListsThoseThatAre) {
  const testing::TemporaryFolder folder;
  fs::copy(kModels / "tiny_bert", folder.path(), fs::copy_options::recursive);
  auto embedder = Embedder::open(folder.path());
  ASSERT_TRUE(embedder);
  const std::string_view text = "a";
  const auto without = embedder->embed({&text, 1}, {.prompt_name = "query"});
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().message, "the model has no prompt \"query\", its prompts are: none");
  fs::copy_file(kLayouts / "prompts" / "config_sentence_transformers.json",
                folder.path() / "config_sentence_transformers.json");
  embedder = Embedder::open(folder.path());
  ASSERT_TRUE(embedder);
  EXPECT_EQ(embedder->embed({&text, 1}, {.prompt_name = "Query"}).error().message,
            "the model has no prompt \"Query\", its prompts are: document, other, query");
}

TEST(PromptsTest, ADocumentGetsThePassagePromptWhereThereIsNoOther) {
  const testing::TemporaryFolder folder;
  fs::copy(kModels / "tiny_bert", folder.path(), fs::copy_options::recursive);
  folder.write("config_sentence_transformers.json",
               R"({"prompts": {"passage": "fox ", "corpus": "boat "}})");
  const auto embedder = Embedder::open(folder.path());
  ASSERT_TRUE(embedder);
  const std::string_view text = "river";
  const auto of_role = embedder->embed({&text, 1}, {.role = TextRole::document});
  const auto expected = embedder->embed({&text, 1}, {.prompt = "fox "});
  EXPECT_TRUE(std::ranges::equal(of_role->vectors.row(0), expected->vectors.row(0)));
  const auto of_query = embedder->embed({&text, 1}, {.role = TextRole::query});
  EXPECT_TRUE(
      std::ranges::equal(of_query->vectors.row(0), embedder->embed({&text, 1})->vectors.row(0)));
}

TEST(DimensionsTest, MoreThanThereAreIsAnError) {
  const auto embedder = Embedder::open(kModels / "tiny_bert");
  ASSERT_TRUE(embedder);
  const std::string_view text = "a";
  EXPECT_EQ(embedder->embed({&text, 1}, {.dimensions = 33}).error().message,
            "33 dimensions are asked for, the model's vectors have 32");
}

}  // namespace
}  // namespace kindred
