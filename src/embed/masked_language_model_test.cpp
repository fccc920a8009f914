// Logits and filled masks beside transformers' masked language models.
#include "kindred/masked_language_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "kindred/threads.h"
#include "kindred/vectors.h"

namespace kindred {
namespace {

const std::filesystem::path kModels = std::filesystem::path(KINDRED_FIXTURES) / "sparse";
constexpr std::string_view kMasked = "The [MASK] bank is [MASK].";  // of make_sparse.py

class MaskedTest : public ::testing::TestWithParam<const char*> {
 protected:
  void TearDown() override { set_threads(0); }
  std::filesystem::path folder_ = kModels / GetParam();
};

TEST_P(MaskedTest, LogitsAgreeWithTheReference) {
  const auto model = MaskedLanguageModel::open(folder_);
  ASSERT_TRUE(model) << model.error().message;
  const auto result = model->logits(kMasked);
  ASSERT_TRUE(result) << result.error().message;
  const Matrix expected = *read_vectors(folder_ / "logits.npy");
  ASSERT_EQ(result->logits.rows(), expected.rows());
  ASSERT_EQ(result->logits.rows(), result->tokens.ids.size());
  ASSERT_EQ(result->logits.dimensions(), expected.dimensions());
  float largest = 0;
  for (const float value : expected.values()) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < expected.values().size(); ++i)
    ASSERT_NEAR(result->logits.values()[i], expected.values()[i], 1e-5F * largest) << i;
}

TEST_P(MaskedTest, MasksAreFilledByTheSoftmaxOfTheirLogits) {
  const auto model = MaskedLanguageModel::open(folder_);
  ASSERT_TRUE(model) << model.error().message;
  const std::vector<std::string_view> texts = {"no mask", "", kMasked, "[MASK] of the river"};
  const auto filled = model->fill(texts, 3);
  ASSERT_TRUE(filled) << filled.error().message;
  ASSERT_EQ(filled->size(), 3);
  for (const FilledMask& mask : *filled) {
    EXPECT_EQ(texts[mask.text].substr(mask.begin, mask.end - mask.begin), model->mask());
    ASSERT_EQ(mask.tokens.size(), 3);
    EXPECT_GE(mask.tokens[0].probability, mask.tokens[1].probability);
  }
  EXPECT_EQ((*filled)[0].text, 2);
  EXPECT_EQ((*filled)[1].begin, 19);
  EXPECT_EQ((*filled)[2].text, 3);

  const auto whole = model->logits(kMasked);
  const auto place = std::ranges::find(whole->tokens.ids, *model->tokenizer().id(model->mask()));
  const auto row = whole->logits.row(static_cast<std::size_t>(place - whole->tokens.ids.begin()));
  const auto& likeliest = (*filled)[0].tokens[0];
  EXPECT_EQ(likeliest.id, std::ranges::max_element(row) - row.begin());
  double sum = 0;
  for (const float logit : row) sum += std::exp(double{logit} - row[likeliest.id]);
  EXPECT_NEAR(likeliest.probability, 1 / sum, 1e-5);

  set_threads(1);
  const auto alone = model->fill({&kMasked, 1}, 3);
  EXPECT_EQ((*alone)[0].tokens[0].probability, likeliest.probability);
}

INSTANTIATE_TEST_SUITE_P(All, MaskedTest,
                         ::testing::Values("albert", "bert", "bert_alone", "deberta_v3",
                                           "distilbert", "electra", "modernbert", "mpnet",
                                           "roberta"),
                         [](const auto& name) { return std::string(name.param); });

TEST(MaskedOpenTest, NamesWhatIsWrong) {
  const auto folder = std::filesystem::path(KINDRED_FIXTURES) / "models" / "tiny_bert";
  const auto opened = MaskedLanguageModel::open(folder);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("has no tensor"), std::string::npos)
      << opened.error().message;
}

TEST(MaskedFillTest, TopMayBeMoreThanThereIs) {
  const auto model = MaskedLanguageModel::open(kModels / "bert");
  const auto filled = model->fill({&kMasked, 1}, 1000);
  double sum = 0;
  for (const TokenProbability& token : (*filled)[0].tokens) sum += token.probability;
  EXPECT_EQ((*filled)[0].tokens.size(), model->tokenizer().vocabulary_size());
  EXPECT_NEAR(sum, 1, 1e-5);
}

}  // namespace
}  // namespace kindred
