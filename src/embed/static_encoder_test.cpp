// Static models beside the libraries that they come from.
#include "embed/static_encoder.h"

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

const std::filesystem::path kStatic = std::filesystem::path(KINDRED_FIXTURES) / "static";

std::vector<std::string> fixture_texts() {
  return nlohmann::json::parse(*base::read_file(kStatic / "texts.json"))
      .get<std::vector<std::string>>();
}

class StaticTest : public ::testing::TestWithParam<const char*> {};

TEST_P(StaticTest, VectorsAgreeWithTheLibraryOfTheModelInABatchAndAlone) {
  const auto embedder = Embedder::open(kStatic / GetParam());
  ASSERT_TRUE(embedder) << embedder.error().message;
  const auto texts = fixture_texts();
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto result = embedder->embed(views);
  ASSERT_TRUE(result) << result.error().message;
  const Matrix expected = *read_vectors(kStatic / GetParam() / "vectors.npy");
  ASSERT_EQ(result->vectors.dimensions(), expected.dimensions());
  // model2vec gives halves where the rows are halves.
  const float tolerance = std::string(GetParam()) == "halves" ? 1e-3F : 1e-5F;
  for (std::size_t i = 0; i < expected.values().size(); ++i)
    ASSERT_NEAR(result->vectors.values()[i], expected.values()[i], tolerance)
        << "text " << i / expected.dimensions();
  for (std::size_t text = 0; text < views.size(); ++text) {
    const auto alone = embedder->embed(std::span(views).subspan(text, 1));
    ASSERT_TRUE(alone);
    EXPECT_TRUE(std::ranges::equal(alone->vectors.row(0), result->vectors.row(text)));
  }
}

INSTANTIATE_TEST_SUITE_P(All, StaticTest,
                         ::testing::Values("bytes", "cut", "embedding", "embedding_cut",
                                           "embedding_dense", "halves", "mapped", "plain"),
                         [](const auto& name) { return std::string(name.param); });

TEST(StaticModelTest, SaysWhatItIs) {
  const auto embedder = Embedder::open(kStatic / "cut");
  ASSERT_TRUE(embedder) << embedder.error().message;
  EXPECT_EQ(embedder->describe().family, "model2vec");
  EXPECT_EQ(embedder->max_tokens(), 4);
  // A token of the middle has 4 characters, so texts are cut to 16 before they are tokenized.
  const std::vector<std::string_view> texts = {"the bank", "interest interest", "a a a a a"};
  EXPECT_EQ(embedder->embed(texts)->truncated, (std::vector<std::uint8_t>{0, 1, 1}));
  EXPECT_EQ(embedder->dimensions(), 12);
  EXPECT_NE(embedder->describe().hash, Embedder::open(kStatic / "plain")->describe().hash);
}

TEST(StaticModelTest, NamesWhatIsWrong) {
  const testing::TemporaryFolder folder;
  std::filesystem::copy(kStatic / "mapped", folder.path(),
                        std::filesystem::copy_options::recursive);
  const auto error = [&] {
    const auto opened = Embedder::open(folder.path());
    return opened ? "" : opened.error().message.substr(folder.path().string().size() + 1);
  };
  EXPECT_EQ(error(), "");
  const std::string whole = *base::read_file(folder.path() / "model.safetensors");
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string damaged = whole;
    damaged.replace(damaged.find(from), from.size(), to);
    folder.write("model.safetensors", damaged);
    return error();
  };
  EXPECT_EQ(replaced("\"embeddings\"", "\"embeddingz\""),
            "model.safetensors: has no tensor \"embedding.weight\" or \"embeddings\"");
  EXPECT_EQ(replaced("[7,12]", "[2,42]"),
            "model.safetensors: tensor \"mapping\" gives token 1 row 5, there are 2");
  EXPECT_EQ(replaced("[7,12]", "[84]  "),
            "model.safetensors: tensor \"embeddings\" is 84, tokens x dimensions is needed");
}

}  // namespace
}  // namespace kindred
