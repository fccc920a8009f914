#include "kindred/embedder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file_system.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

const std::filesystem::path kModels = std::filesystem::path(KINDRED_FIXTURES) / "models";

std::vector<std::string> fixture_texts() {
  const auto json =
      nlohmann::json::parse(*base::read_file(kModels / "tiny_bert" / "expected" / "texts.json"));
  return json.get<std::vector<std::string>>();
}

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

class EmbedderParityTest : public ::testing::TestWithParam<const char*> {};

TEST_P(EmbedderParityTest, VectorsAgreeWithSentenceTransformers) {
  const auto folder = kModels / GetParam();
  const auto embedder = Embedder::open(folder);
  ASSERT_TRUE(embedder) << embedder.error().message;
  const auto texts = fixture_texts();
  const auto result = embedder->embed(views_of(texts));
  ASSERT_TRUE(result) << result.error().message;
  const Matrix expected = *read_vectors(folder / "expected" / "vectors.npy");
  ASSERT_EQ(result->vectors.rows(), expected.rows());
  ASSERT_EQ(result->vectors.dimensions(), expected.dimensions());
  for (std::size_t i = 0; i < expected.values().size(); ++i)
    ASSERT_NEAR(result->vectors.values()[i], expected.values()[i], 1e-5)
        << "text " << i / expected.dimensions();
  // Of the fixture's texts, the one of 100 words is longer than the window of 32 tokens.
  EXPECT_EQ(std::ranges::count(result->truncated, 1), 1);
}

INSTANTIATE_TEST_SUITE_P(Models, EmbedderParityTest,
                         ::testing::Values("tiny_bert", "tiny_bert_cls"));

class EmbedderTest : public ::testing::Test {
 protected:
  EmbedderTest() {
    auto opened = Embedder::open(kModels / "tiny_bert");
    if (opened) embedder_.emplace(std::move(*opened));
  }
  void SetUp() override { ASSERT_TRUE(embedder_); }
  void TearDown() override { set_threads(0); }
  std::optional<Embedder> embedder_;
};

TEST_F(EmbedderTest, ATextHasTheSameBytesAloneInAnyBatchAndAtAnyThreadCount) {
  std::vector<std::string> texts = fixture_texts();
  for (int i = 0; i < 200; ++i)
    texts.push_back("bank " + std::to_string(i) +
                    std::string(static_cast<std::size_t>(i % 40), 'x'));
  set_threads(1);
  const auto reference = embedder_->embed(views_of(texts));
  ASSERT_TRUE(reference);
  for (const std::size_t thread_count : {2, 3, 8}) {
    set_threads(thread_count);
    const auto again = embedder_->embed(views_of(texts));
    ASSERT_TRUE(again);
    EXPECT_TRUE(std::ranges::equal(again->vectors.values(), reference->vectors.values()))
        << thread_count << " threads";
    for (std::size_t i = 0; i < texts.size(); i += 7) {
      const std::string_view text = texts[i];
      const auto alone = embedder_->embed(std::span(&text, 1));
      ASSERT_TRUE(alone);
      EXPECT_TRUE(std::ranges::equal(alone->vectors.row(0), reference->vectors.row(i)))
          << "text " << i;
    }
  }
}

TEST_F(EmbedderTest, EveryLengthWorks) {
  std::string million;
  for (int i = 0; i < 1000000; ++i) million += "river ";
  const std::vector<std::string_view> texts = {"", " ", std::string_view("\0\0", 2), "\xff\xfe",
                                               million};
  const auto result = embedder_->embed(texts);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->truncated, (std::vector<std::uint8_t>{0, 0, 0, 0, 1}));
  for (const float value : result->vectors.values()) ASSERT_TRUE(std::isfinite(value));
  // Nothing but white space and control characters is nothing: [CLS] [SEP].
  EXPECT_TRUE(std::ranges::equal(result->vectors.row(0), result->vectors.row(1)));
  EXPECT_TRUE(std::ranges::equal(result->vectors.row(0), result->vectors.row(2)));
}

TEST_F(EmbedderTest, ManyTextsPassThroughSeveralWindows) {
  const std::vector<std::string_view> texts(40000, "boat");
  std::size_t reports = 0;
  std::uint64_t last = 0;
  const auto result = embedder_->embed(texts, {.progress = [&](const ProgressReport& report) {
                                         EXPECT_GE(report.done, last);
                                         EXPECT_EQ(report.total, texts.size());
                                         last = report.done;
                                         ++reports;
                                         return true;
                                       }});
  ASSERT_TRUE(result);
  EXPECT_GT(reports, 1);
  EXPECT_EQ(last, texts.size());
  EXPECT_EQ(result->tokens, 3 * texts.size());
  for (std::size_t i = 0; i < texts.size(); i += 1999)
    EXPECT_TRUE(std::ranges::equal(result->vectors.row(i), result->vectors.row(0)));
}

TEST_F(EmbedderTest, StopsWhereProgressAsksTo) {
  const std::vector<std::string_view> texts(20000, "boat");
  const auto result =
      embedder_->embed(texts, {.progress = [](const ProgressReport&) { return false; }});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
}

TEST_F(EmbedderTest, NoTextsAreNoVectors) {
  const auto result = embedder_->embed({});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->vectors.rows(), 0);
}

TEST_F(EmbedderTest, NormalisationCanBeLeftOut) {
  const std::vector<std::string_view> texts = {"the deep river"};
  const auto unit = embedder_->embed(texts);
  const auto plain = embedder_->embed(texts, {.normalize = false});
  ASSERT_TRUE(unit && plain);
  double squares = 0;
  for (const float value : plain->vectors.values()) squares += double{value} * value;
  EXPECT_GT(std::abs(squares - 1), 0.1);
  for (std::size_t i = 0; i < embedder_->dimensions(); ++i)
    EXPECT_NEAR(unit->vectors.values()[i], plain->vectors.values()[i] / std::sqrt(squares), 1e-6);
}

TEST(EmbedderOpenTest, TheHashKnowsAModelWhereverItLies) {
  const testing::TemporaryFolder folder;
  std::filesystem::copy(kModels / "tiny_bert", folder / "copy",
                        std::filesystem::copy_options::recursive);
  const auto original = Embedder::open(kModels / "tiny_bert");
  const auto copy = Embedder::open(folder / "copy");
  const auto other = Embedder::open(kModels / "tiny_bert_cls");
  ASSERT_TRUE(original && copy && other);
  EXPECT_EQ(original->describe().hash, copy->describe().hash);
  // A collection's model is known again by it: other versions of Kindred give the same.
  EXPECT_EQ(original->describe().hash, "f7e6c4ab9f1baa55");
  EXPECT_NE(original->describe().hash, other->describe().hash);
  EXPECT_EQ(original->describe().hash.size(), 16);
}

TEST(EmbedderOpenTest, NamesWhatDoesNotFitTogether) {
  const testing::TemporaryFolder folder;
  const auto model = folder / "model";
  const auto error = [&] {
    const auto opened = Embedder::open(model);
    return opened ? "" : opened.error().message.substr(model.string().size());
  };
  EXPECT_NE(error(), "");
  std::filesystem::copy(kModels / "tiny_bert", model, std::filesystem::copy_options::recursive);
  EXPECT_EQ(error(), "");
  std::ofstream(model / "1_Pooling" / "config.json")
      << R"({"pooling_mode": "mean", "embedding_dimension": 33})";
  EXPECT_EQ(error(), ": pools 33 dimensions, the encoder has 32");
  std::ofstream(model / "1_Pooling" / "config.json") << R"({"pooling_mode": "median"})";
  EXPECT_EQ(
      error(),
      "/1_Pooling/config.json: asks for pooling mode \"median\", Kindred has: cls, max, mean, "
      "mean_sqrt_len_tokens, weightedmean, lasttoken");
}

TEST(EmbedderOpenTest, AnIdBeyondTheEmbeddingsIsAnError) {
  const testing::TemporaryFolder folder;
  const auto model = folder / "model";
  std::filesystem::copy(kModels / "tiny_bert", model, std::filesystem::copy_options::recursive);
  auto tokenizer = nlohmann::json::parse(*base::read_file(model / "tokenizer.json"));
  tokenizer["model"]["vocab"]["zebra"] = 100000;
  std::ofstream(model / "tokenizer.json") << tokenizer;
  const auto embedder = Embedder::open(model);
  ASSERT_TRUE(embedder) << embedder.error().message;
  const std::vector<std::string_view> texts = {"a zebra"};
  const auto result = embedder->embed(texts);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            model.string() +
                ": the tokenizer gives id 100000 (\"zebra\"), the encoder has 162 word embeddings");
}

}  // namespace
}  // namespace kindred
