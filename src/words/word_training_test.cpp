// What each algorithm learns from a text with a structure that was put there.
#include "kindred/word_training.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/random.h"
#include "kindred/threads.h"
#include "support/temporary_folder.h"
#include "words/negative_sampler.h"
#include "words/vocabulary.h"

namespace kindred {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kTopics = 5;
constexpr std::size_t kWordsOfTopic = 20;

/// Sentences of words of one topic each: "t3_17".
std::string planted_text() {
  base::Random random(1);
  std::string text;
  for (int sentence = 0; sentence < 4000; ++sentence) {
    const std::uint64_t topic = random.below(kTopics);
    for (int word = 0; word < 12; ++word)
      fmt::format_to(std::back_inserter(text), "t{}_{} ", topic, random.below(kWordsOfTopic));
    text += "\n";
  }
  return text;
}

/// The algorithm, and whether it learns by the tree.
using Learning = std::pair<WordAlgorithm, bool>;

class WordAlgorithmTest : public ::testing::TestWithParam<Learning> {
 protected:
  void TearDown() override { set_threads(0); }
  Result<WordVectors> train(WordTraining options) const {
    std::tie(options.algorithm, options.hierarchical_softmax) = GetParam();
    const std::vector<std::filesystem::path> files = {file_};
    return train_word_vectors(files, options);
  }
  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.write("text", planted_text());
};

/// Of the words, how many have a word of their own topic nearest to them.
double recovered(const WordVectors& vectors) {
  std::size_t right = 0;
  for (std::size_t id = 0; id < vectors.size(); ++id) {
    const std::vector<std::size_t> self = {id};
    const auto hits = vectors.nearest(vectors.vector(id), {.k = 1, .leave_out = self});
    if (vectors.word(hits[0].id).substr(0, 2) == vectors.word(id).substr(0, 2)) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(vectors.size());
}

TEST_P(WordAlgorithmTest, FindsThePlantedTopics) {
  for (const std::size_t count : {1, 3}) {
    set_threads(count);
    const auto vectors = train({.dimensions = 20, .sample = 0, .learning_rate = 0.05});
    ASSERT_TRUE(vectors) << vectors.error().message;
    EXPECT_EQ(vectors->size(), kTopics * kWordsOfTopic);
    EXPECT_EQ(vectors->dimensions(), 20U);
    EXPECT_GT(recovered(*vectors), 0.98);
  }
}

TEST_P(WordAlgorithmTest, IsTheSameOnEveryRunWhereItIsAskedTo) {
  WordTraining options{.dimensions = 10, .epochs = 2, .seed = 7, .deterministic = true};
  set_threads(1);
  const auto one = train(options);
  set_threads(4);
  const auto two = train(options);
  ASSERT_TRUE(one && two);
  const auto values = [](const WordVectors& vectors) { return vectors.vectors().values(); };
  EXPECT_TRUE(std::ranges::equal(values(*one), values(*two)));
  options.seed = 8;
  const auto other = train(options);
  EXPECT_FALSE(std::ranges::equal(values(*one), values(*other)));
}

TEST_P(WordAlgorithmTest, SmallTextsHaveVectorsToo) {
  for (const char* text : {"one", "a a a a", "a b", "\xff\xfe\n\n\xff"}) {
    const std::vector<std::filesystem::path> files = {folder_.write("small", text)};
    const auto vectors = train_word_vectors(
        files,
        {.algorithm = GetParam().first, .hierarchical_softmax = GetParam().second, .min_count = 1});
    ASSERT_TRUE(vectors) << text << ": " << vectors.error().message;
    for (const float value : vectors->vectors().values()) EXPECT_TRUE(std::isfinite(value));
  }
}

std::string name_of(const ::testing::TestParamInfo<Learning>& param) {
  constexpr std::array kNames = {"skip_gram", "cbow", "glove", "spectral"};
  const std::string tree = param.param.second ? "_tree" : "";
  return kNames[static_cast<std::size_t>(param.param.first)] + tree;
}

INSTANTIATE_TEST_SUITE_P(Algorithms, WordAlgorithmTest,
                         ::testing::Values(Learning(WordAlgorithm::skip_gram, false),
                                           Learning(WordAlgorithm::skip_gram, true),
                                           Learning(WordAlgorithm::cbow, false),
                                           Learning(WordAlgorithm::cbow, true),
                                           Learning(WordAlgorithm::glove, false),
                                           Learning(WordAlgorithm::spectral, false)),
                         name_of);

TEST(WordTrainingTest, WrongOptionsAndTextsAreErrors) {
  const testing::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {folder.write("text", "a b a b a b a b a b\n")};
  const auto error = [&](const WordTraining& options) {
    const auto vectors = train_word_vectors(files, options);
    return vectors ? "" : vectors.error().message;
  };
  EXPECT_EQ(error({.dimensions = 0}), "vectors of 0 dimensions, 1 to 65536 can be learned");
  EXPECT_EQ(error({.window = 1001}), "a window of 1001 words, 1000 at most are possible");
  EXPECT_THAT(error({.algorithm = WordAlgorithm::glove, .window = 0}), HasSubstr("need a window"));
  EXPECT_EQ(error({.negative = 64}), "64 drawn words, 1 to 63 are possible");
  EXPECT_EQ(error({.epochs = 0}), "0 epochs, 1 at least is needed");
  EXPECT_EQ(error({.sample = -1}), "sample is -1, not between 0 and 1");
  EXPECT_EQ(error({.sample = std::nan("")}), "sample is nan, not between 0 and 1");
  EXPECT_EQ(error({.learning_rate = 2}), "a learning rate of 2, not between 0 and 1");
  EXPECT_EQ(error({.min_count = 6}), "no word comes 6 times in the text");
  EXPECT_EQ(error({}), "");
  const std::vector<std::filesystem::path> none = {folder / "none"};
  EXPECT_THAT(train_word_vectors(none).error().message, HasSubstr("none: cannot open"));
  const std::vector<std::filesystem::path> empty = {folder.write("empty", " \n ")};
  EXPECT_EQ(train_word_vectors(empty).error().message, "there is no word in the text");
  const std::vector<std::filesystem::path> standard = {"-"};
  EXPECT_THAT(train_word_vectors(standard).error().message, HasSubstr("standard input"));
  EXPECT_THAT(parse_word_algorithm("lda").error().message, HasSubstr("known are: skip-gram, cbow"));
}

TEST(WordTrainingTest, StopsWhereProgressAsksTo) {
  const testing::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {folder.write("text", planted_text())};
  for (const std::size_t last : {1U, 3U}) {
    std::size_t reports = 0;
    const auto vectors = train_word_vectors(
        files, {.epochs = 1000}, [&](const ProgressReport&) { return ++reports < last; });
    ASSERT_FALSE(vectors);
    EXPECT_EQ(vectors.error().code, ErrorCode::cancelled);
    EXPECT_LT(reports, last + 3);
  }
}

TEST(NegativeSamplerTest, SharesAreCountsToThePowerOfThreeQuarters) {
  const testing::TemporaryFolder folder;
  std::string text;
  const std::vector<int> counts = {1000, 300, 40, 7, 7, 1};
  for (std::size_t i = 0; i < counts.size(); ++i)
    for (int n = 0; n < counts[i]; ++n) {
      text += static_cast<char>('a' + i);
      text += ' ';
    }
  const std::vector<std::filesystem::path> files = {folder.write("text", text)};
  const auto vocabulary = words::Vocabulary::count(files, 1, {});
  ASSERT_TRUE(vocabulary);
  const words::NegativeSampler sampler(vocabulary->counts());
  double sum = 0;
  for (const int count : counts) sum += std::pow(count, 0.75);
  std::vector<std::size_t> drawn(counts.size(), 0);
  base::Random random(1);
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) ++drawn[sampler.draw(random)];
  for (std::size_t id = 0; id < counts.size(); ++id) {
    const double share = std::pow(counts[id], 0.75) / sum;
    EXPECT_NEAR(sampler.share(id), share, 1e-8) << id;
    EXPECT_NEAR(static_cast<double>(drawn[id]) / kDraws, share, 5 * std::sqrt(share / kDraws));
  }
}

}  // namespace
}  // namespace kindred
