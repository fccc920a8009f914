// Cross-encoders beside sentence-transformers' CrossEncoder.
#include "kindred/reranker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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

const std::filesystem::path kRerankers = std::filesystem::path(KINDRED_FIXTURES) / "rerankers";

struct Pairs {
  std::string query;
  std::vector<std::string> texts;
  std::vector<std::string_view> views;

  Pairs() {
    const auto json = nlohmann::json::parse(*base::read_file(kRerankers / "pairs.json"));
    query = json["query"];
    texts = json["texts"].get<std::vector<std::string>>();
    views.assign(texts.begin(), texts.end());
  }
};

class RerankerTest : public ::testing::TestWithParam<const char*> {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST_P(RerankerTest, ScoresAgreeWithTheReferenceInABatchAndAlone) {
  const auto reranker = Reranker::open(kRerankers / GetParam());
  ASSERT_TRUE(reranker) << reranker.error().message;
  EXPECT_EQ(reranker->max_tokens(), 40);
  const Pairs pairs;
  for (const bool logits : {false, true}) {
    const auto result = reranker->score(pairs.query, pairs.views, {.logits = logits});
    ASSERT_TRUE(result) << result.error().message;
    const Matrix expected =
        *read_vectors(kRerankers / GetParam() / (logits ? "logits.npy" : "scores.npy"));
    ASSERT_EQ(result->scores.dimensions(), reranker->labels());
    ASSERT_EQ(result->scores.dimensions(), expected.dimensions());
    for (std::size_t i = 0; i < expected.values().size(); ++i)
      ASSERT_NEAR(result->scores.values()[i], expected.values()[i],
                  1e-5F * std::max(1.0F, std::abs(expected.values()[i])))
          << "value " << i;
    EXPECT_EQ(result->truncated, (std::vector<std::uint8_t>{0, 0, 0, 1, 0}));
    for (std::size_t text = 0; text < pairs.views.size(); ++text) {
      set_threads(text % 2 + 1);
      const auto alone =
          reranker->score(pairs.query, std::span(pairs.views).subspan(text, 1), {.logits = logits});
      ASSERT_TRUE(alone);
      EXPECT_TRUE(std::ranges::equal(alone->scores.row(0), result->scores.row(text)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, RerankerTest,
                         ::testing::Values("albert", "bert", "bert_three_labels", "deberta_v3",
                                           "distilbert", "electra", "gte", "modernbert", "mpnet",
                                           "roberta", "xlm_roberta"),
                         [](const auto& name) { return std::string(name.param); });

TEST(RerankerOpenTest, NamesWhatIsWrong) {
  const testing::TemporaryFolder folder;
  std::filesystem::copy(kRerankers / "bert", folder.path(),
                        std::filesystem::copy_options::recursive);
  const auto with = [&](const std::string& field, const nlohmann::json& value) {
    auto config = nlohmann::json::parse(*base::read_file(kRerankers / "bert" / "config.json"));
    config[field] = value;
    std::ofstream(folder.path() / "config.json") << config;
    const auto opened = Reranker::open(folder.path());
    return opened ? "" : opened.error().message.substr(folder.path().string().size() + 1);
  };
  EXPECT_EQ(
      with("id2label", {{"0", "a"}, {"1", "b"}}),
      "model.safetensors: tensor \"classifier.weight\" is 1 x 24, config.json asks for 2 x 24");
  EXPECT_EQ(
      with("sbert_ce_default_activation_function", "torch.nn.Softmax"),
      "config.json: \"sbert_ce_default_activation_function\" is \"torch.nn.Softmax\", Kindred "
      "has: Identity, Tanh, ReLU, GELU, SiLU, Sigmoid");
  const auto opened =
      Reranker::open(std::filesystem::path(KINDRED_FIXTURES) / "models" / "tiny_bert");
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().message.ends_with(
      "model.safetensors: has no tensor \"bert.pooler.dense.weight\""));
}

}  // namespace
}  // namespace kindred
