// A SavedModel of TensorFlow as an embedding model (tests/golden/make_saved_model.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/embedder.h"
#include "kindred/threads.h"

namespace kindred {
namespace {

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "saved_model";

TEST(SavedModelEmbedder, GivesTheSameBitsInAnyBatchAtAnyNumberOfThreads) {
  const auto fixture = nlohmann::json::parse(*base::read_file(kFixtures / "texts.json"));
  const auto texts = fixture["texts"].get<std::vector<std::string>>();
  const auto expected = fixture["vectors"]["use_v2"].get<std::vector<std::vector<float>>>();
  const auto embedder = Embedder::open(kFixtures / "use_v2");
  ASSERT_TRUE(embedder) << embedder.error().message;
  EXPECT_EQ(embedder->tokenizer(), nullptr);
  EXPECT_EQ(embedder->dimensions(), 8U);
  EXPECT_EQ(embedder->describe().family, "saved_model");
  EXPECT_EQ(embedder->describe().parameters, 40U * 12 + 3 * 12 * 12 + 2 * 12 * 8);
  std::vector<std::string_view> many;
  for (std::size_t i = 0; i < 1000; ++i) many.push_back(texts[i % texts.size()]);
  for (const std::size_t count : {1, 4}) {
    set_threads(count);
    const auto vectors = embedder->embed(many);
    ASSERT_TRUE(vectors) << vectors.error().message;
    for (std::size_t i = 0; i < many.size(); ++i) {
      const auto row = vectors->vectors.row(i);
      EXPECT_TRUE(std::ranges::equal(row, vectors->vectors.row(i % texts.size()))) << i;
      for (std::size_t k = 0; k < row.size(); ++k)
        ASSERT_NEAR(row[k], expected[i % texts.size()][k], 1e-5F);
    }
  }
  set_threads(0);
}

TEST(SavedModelEmbedder, HasNoStatesOfTokens) {
  const auto embedder = Embedder::open(kFixtures / "nnlm");
  ASSERT_TRUE(embedder);
  const std::vector<std::string_view> texts = {"a text"};
  const auto states = embedder->embed_tokens(texts, {});
  ASSERT_FALSE(states);
  EXPECT_EQ(states.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace kindred
