// Embedder::embed_tokens().
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/embedder.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"

namespace kindred {
namespace {

const std::filesystem::path kFixtures = KINDRED_FIXTURES;
const std::filesystem::path kModel = kFixtures / "models" / "tiny_bert";

class TokenVectorsTest : public ::testing::Test {
 protected:
  TokenVectorsTest() {
    auto opened = Embedder::open(kModel);
    if (opened) embedder_.emplace(std::move(*opened));
  }
  void SetUp() override { ASSERT_TRUE(embedder_); }
  void TearDown() override { set_threads(0); }

  TokenVectors embed(std::vector<std::string_view> texts, const TokenOptions& options = {}) {
    auto result = embedder_->embed_tokens(texts, options);
    EXPECT_TRUE(result) << result.error().message;
    return result ? std::move(*result) : TokenVectors();
  }
  std::optional<Embedder> embedder_;
};

TEST_F(TokenVectorsTest, TokensHaveTheHiddenStatesOfTheReference) {
  // Of the first text of the fixture, whose states are the first rows: [CLS] the river ... [SEP].
  const Matrix hidden = *read_vectors(kModel / "expected" / "hidden.npy");
  const std::string_view text = "The river bank is deep.";
  const auto tokens = embed({text}, {.unit = TokenUnit::tokens});
  const std::vector<std::string> expected = {"The", "river", "bank", "is", "deep", "."};
  ASSERT_EQ(tokens.places.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const TokenPlace& place = tokens.places[i];
    EXPECT_EQ(place.text, 0);
    EXPECT_EQ(text.substr(place.begin, place.end - place.begin), expected[i]);
    for (std::size_t k = 0; k < hidden.dimensions(); ++k)
      ASSERT_NEAR(tokens.vectors.row(i)[k], hidden.row(i + 1)[k], 1e-5);
  }
}

TEST_F(TokenVectorsTest, AWordIsTheMeanOfItsTokens) {
  // "kindred" is a word of the vocabulary, "boating" is cut: boat ##ing.
  const std::string_view text = "boating, kindred";
  const auto tokens = embed({text}, {.unit = TokenUnit::tokens});
  const auto words = embed({text});
  ASSERT_EQ(tokens.places.size(), 4);
  ASSERT_EQ(words.places, (std::vector<TokenPlace>{{0, 0, 7}, {0, 7, 8}, {0, 9, 16}}));
  for (std::size_t k = 0; k < words.vectors.dimensions(); ++k) {
    EXPECT_NEAR(words.vectors.row(0)[k], (tokens.vectors.row(0)[k] + tokens.vectors.row(1)[k]) / 2,
                1e-6);
    EXPECT_EQ(words.vectors.row(1)[k], tokens.vectors.row(2)[k]);
    EXPECT_EQ(words.vectors.row(2)[k], tokens.vectors.row(3)[k]);
  }
}

TEST_F(TokenVectorsTest, AWordDiffersWithItsContextButNotBeforeTheFirstLayer) {
  const std::vector<std::string_view> texts = {"the river bank", "a money bank"};
  const auto last = embed(texts);
  const auto none = embed(texts, {.layer = 1});
  ASSERT_EQ(last.places.size(), 6);
  const auto distance = [](const TokenVectors& of, std::size_t a, std::size_t b) {
    float sum = 0;
    for (std::size_t k = 0; k < of.vectors.dimensions(); ++k)
      sum += std::abs(of.vectors.row(a)[k] - of.vectors.row(b)[k]);
    return sum;
  };
  EXPECT_GT(distance(last, 2, 5), 0.1);
  EXPECT_GT(distance(none, 2, 5), 0.1);
  // Both are the third word, so embeddings and positions are the same.
  EXPECT_EQ(distance(embed(texts, {.layer = 0}), 2, 5), 0);
}

TEST_F(TokenVectorsTest, TheLastLayersAreAveraged) {
  const std::vector<std::string_view> texts = {"the river bank"};
  const auto first = embed(texts, {.layer = 1});
  const auto second = embed(texts, {.layer = 2});
  const auto both = embed(texts, {.last_layers = 2});
  for (std::size_t i = 0; i < both.vectors.values().size(); ++i)
    EXPECT_NEAR(both.vectors.values()[i],
                (first.vectors.values()[i] + second.vectors.values()[i]) / 2, 1e-6);
}

TEST_F(TokenVectorsTest, TextsAreAloneAndInABatchTheSameAtAnyThreadCount) {
  std::vector<std::string> texts;
  for (int i = 0; i < 50; ++i) {
    texts.emplace_back("the river");
    for (int j = 0; j < i; ++j) texts.back() += " bank";
  }
  texts.emplace_back("");
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto together = embed(views);
  std::size_t row = 0;
  for (std::size_t text = 0; text < views.size(); ++text) {
    set_threads(text % 3 + 1);
    const auto alone = embed({views[text]});
    // The window has 32 tokens: two frame the text.
    EXPECT_EQ(alone.places.size(), text == 50 ? 0 : std::min<std::size_t>(text + 2, 30));
    for (std::size_t i = 0; i < alone.places.size(); ++i, ++row) {
      EXPECT_EQ(together.places[row].text, text);
      EXPECT_TRUE(std::ranges::equal(together.vectors.row(row), alone.vectors.row(i)));
    }
  }
  EXPECT_EQ(row, together.places.size());
}

TEST_F(TokenVectorsTest, NamesWhatThereIsNot) {
  const std::string_view text = "a";
  const auto error = [&](const TokenOptions& options) {
    return embedder_->embed_tokens({&text, 1}, options).error().message;
  };
  EXPECT_EQ(error({.layer = 3}), "layer 3 is asked for, the model has 2");
  EXPECT_EQ(error({.last_layers = 3}), "the last 3 layers are asked for, the model has 2");
  EXPECT_EQ(error({.last_layers = 0}), "the last 0 layers are asked for, the model has 2");
  const auto fixed = Embedder::open(kFixtures / "static" / "plain");
  ASSERT_TRUE(fixed);
  EXPECT_TRUE(
      fixed->embed_tokens({&text, 1})
          .error()
          .message.ends_with("has no layers, in which tokens would have vectors of their own"));
}

}  // namespace
}  // namespace kindred
