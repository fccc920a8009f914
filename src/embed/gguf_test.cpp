// Models in GGUF files: their tokens beside the tokenizers that they were made from, their vectors
// beside those of transformers with the same (dequantized) weights.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/embedder.h"
#include "kindred/vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

const std::filesystem::path kFixtures = KINDRED_FIXTURES;

nlohmann::json json_of(const std::filesystem::path& path) {
  return nlohmann::json::parse(*base::read_file(path));
}

class GgufModelTest : public ::testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path file(const char* ending) const {
    return kFixtures / "gguf" / (std::string(GetParam()) + ending);
  }
  std::vector<std::vector<std::uint32_t>> ids_ =
      json_of(file(".json")).get<std::vector<std::vector<std::uint32_t>>>();
  std::vector<std::string> texts() const {
    auto texts = json_of(kFixtures / "models" / "tiny_bert" / "expected" / "texts.json")
                     .get<std::vector<std::string>>();
    // A tokenizer that puts nothing around a text has no token for an empty one.
    if (ids_.size() < texts.size()) std::erase(texts, "");
    return texts;
  }
};

TEST_P(GgufModelTest, TokensAreThoseOfTheTokenizerItWasMadeFrom) {
  const auto tokenizer = Tokenizer::open(file(".gguf"));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const auto own_texts = texts();
  const std::vector<std::string_view> views(own_texts.begin(), own_texts.end());
  const auto tokens = tokenizer->tokenize(views, {.max_tokens = 40});
  ASSERT_TRUE(tokens) << tokens.error().message;
  ASSERT_EQ(tokens->sequences(), ids_.size());
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    const auto found = tokens->sequence(i);
    EXPECT_EQ(std::vector<std::uint32_t>(found.begin(), found.end()), ids_[i]) << own_texts[i];
  }
}

TEST_P(GgufModelTest, VectorsAgreeWithTheReference) {
  const auto embedder = Embedder::open(file(".gguf"));
  ASSERT_TRUE(embedder) << embedder.error().message;
  EXPECT_EQ(embedder->max_tokens(), 40);
  EXPECT_TRUE(embedder->describe().normalize);
  const auto own_texts = texts();
  const std::vector<std::string_view> views(own_texts.begin(), own_texts.end());
  const auto result = embedder->embed(views);
  ASSERT_TRUE(result) << result.error().message;
  const Matrix expected = *read_vectors(file(".npy"));
  ASSERT_EQ(result->vectors.rows(), expected.rows());
  ASSERT_EQ(result->vectors.dimensions(), expected.dimensions());
  for (std::size_t i = 0; i < expected.values().size(); ++i)
    ASSERT_NEAR(result->vectors.values()[i], expected.values()[i], 1e-5F) << i;
}

INSTANTIATE_TEST_SUITE_P(All, GgufModelTest,
                         ::testing::Values("bert_f32", "bert_q4_k", "bert_q8_0", "llama",
                                           "nomic_bert", "qwen2", "qwen3", "xlm_roberta"),
                         [](const auto& name) { return std::string(name.param); });

TEST(GgufOpenTest, SaysWhatIsNotThere) {
  const auto blocks = kFixtures / "gguf" / "blocks.gguf";
  EXPECT_EQ(
      Embedder::open(blocks).error().message,
      blocks.string() + ": \"tokenizer.ggml.model\" is missing, a kind of tokenizer is needed");
  const testing::TemporaryFolder folder;
  std::string bytes = *base::read_file(kFixtures / "gguf" / "qwen2.gguf");
  // The architecture's name, of the same length.
  bytes.replace(bytes.find("qwen2"), 5, "rwkv6");
  const auto path = folder / "other.gguf";
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_EQ(Embedder::open(path).error().message,
            path.string() +
                ": general.architecture is \"rwkv6\", Kindred has: bert, llama, "
                "nomic-bert, qwen2, qwen3");
}

TEST(GgufOpenTest, AFileThatSaysNothingOfPoolingGetsANote) {
  const auto embedder = Embedder::open(kFixtures / "gguf" / "llama.gguf");
  ASSERT_TRUE(embedder) << embedder.error().message;
  ASSERT_EQ(embedder->notes().size(), 1);
  EXPECT_NE(embedder->notes()[0].find("says nothing of pooling, so lasttoken"), std::string::npos);
}

}  // namespace
}  // namespace kindred
