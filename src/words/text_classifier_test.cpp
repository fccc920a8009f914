// The classifier beside the original fastText (tests/golden/make_fasttext.py), and what it learns
// from texts with a structure that was put there.
#include "kindred/text_classifier.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/random.h"
#include "kindred/threads.h"
#include "support/temporary_folder.h"
#include "words/fasttext_model.h"
#include "words/label_tree.h"
#include "words/shared_matrix.h"
#include "words/softmax_update.h"

namespace kindred {
namespace {

using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "fasttext";

TEST(TextClassifierTest, SaysWhatTheOriginalSays) {
  const auto expected = nlohmann::json::parse(*base::read_file(kFixtures / "expected.json"));
  for (const std::string file :
       {"softmax.bin", "hs.bin", "ova.bin", "ns.bin", "plain.bin", "pruned.ftz", "whole.ftz"}) {
    const auto classifier = TextClassifier::open(kFixtures / file);
    ASSERT_TRUE(classifier) << classifier.error().message;
    for (const auto& said : expected[file]["texts"]) {
      const auto text = said["text"].get<std::string>();
      std::map<std::string_view, float> found;
      float before = 2;
      for (const auto& [label, probability] : classifier->predict(text, 3)) {
        found[label] = probability;
        EXPECT_LE(probability, before);
        before = probability;
      }
      ASSERT_EQ(found.size(), 3U) << file;
      for (const auto& label : said["labels"])
        EXPECT_NEAR(found[label[0].get<std::string>()], std::min(label[1].get<float>(), 1.0F), 2e-6)
            << file << " \"" << text << "\" " << label[0];
      EXPECT_THAT(classifier->text_vector(text),
                  Pointwise(FloatNear(1e-5F), said["vector"].get<std::vector<float>>()))
          << file << " " << text;
    }
  }
}

constexpr int kTopics = 4;

/// Texts of words of one topic each, which also share words.
std::string planted_texts(int count, std::uint64_t seed) {
  base::Random random(seed);
  std::string text;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t topic = random.below(kTopics);
    fmt::format_to(std::back_inserter(text), "__label__{}", topic);
    for (int word = 0; word < 8; ++word) {
      if (random.below(2) == 0)
        fmt::format_to(std::back_inserter(text), " w{}", random.below(50));
      else
        fmt::format_to(std::back_inserter(text), " topic{}_{}", topic, random.below(30));
    }
    text += "\n";
  }
  return text;
}

class ClassifierLossTest : public ::testing::TestWithParam<ClassifierLoss> {
 protected:
  void TearDown() override { set_threads(0); }
  ClassifierTraining options(std::uint64_t seed = 1) const {
    return {.loss = GetParam(),
            .dimensions = 12,
            .epochs = 15,
            .learning_rate = 0.5,
            .word_ngrams = 2,
            .buckets = 2000,
            .seed = seed,
            .deterministic = true};
  }
  testing::TemporaryFolder folder_;
  std::vector<std::filesystem::path> files_ = {folder_.write("train", planted_texts(1500, 1))};
  std::filesystem::path others_ = folder_.write("others", planted_texts(300, 2));
};

TEST_P(ClassifierLossTest, FindsThePlantedTopics) {
  auto fast = options();
  fast.deterministic = false;
  for (const std::size_t count : {1, 3}) {
    set_threads(count);
    const auto classifier = train_text_classifier(files_, fast);
    ASSERT_TRUE(classifier) << classifier.error().message;
    const auto score = classifier->evaluate(others_);
    ASSERT_TRUE(score) << score.error().message;
    EXPECT_EQ(score->texts, 300U);
    EXPECT_GT(score->precision, 0.97);
    EXPECT_EQ(score->precision, score->recall);
  }
}

TEST_P(ClassifierLossTest, IsTheSameOnEveryRunWhereItIsAskedTo) {
  const auto bytes = [&](std::uint64_t seed, std::size_t count) {
    set_threads(count);
    const auto classifier = train_text_classifier(files_, options(seed));
    EXPECT_TRUE(classifier);
    EXPECT_TRUE(classifier->save(folder_.path() / "saved"));
    return *base::read_file(folder_.path() / "saved");
  };
  const std::string one = bytes(1, 1);
  EXPECT_TRUE(bytes(1, 4) == one);
  EXPECT_FALSE(bytes(2, 1) == one);
}

TEST_P(ClassifierLossTest, SavedAndQuantizedItSaysTheSame) {
  const auto classifier = train_text_classifier(files_, options());
  ASSERT_TRUE(classifier);
  const auto path = folder_.path() / "model";
  ASSERT_TRUE(classifier->save(path));
  const auto read = TextClassifier::open(path);
  ASSERT_TRUE(read) << read.error().message;
  const auto before = classifier->predict("topic1_1 w3 topic1_9", 4);
  const auto after = read->predict("topic1_1 w3 topic1_9", 4);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].label, after[i].label);
    EXPECT_EQ(before[i].probability, after[i].probability);
  }

  const auto small = classifier->quantized();
  ASSERT_TRUE(small) << small.error().message;
  EXPECT_GT(small->evaluate(others_)->precision, 0.95);
  const auto smaller =
      classifier->quantized({.cutoff = 300, .quantize_lengths = true}, files_, options());
  ASSERT_TRUE(smaller) << smaller.error().message;
  EXPECT_GT(smaller->evaluate(others_)->precision, 0.95);
  ASSERT_TRUE(smaller->save(path));
  const auto again = TextClassifier::open(path);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->evaluate(others_)->precision, smaller->evaluate(others_)->precision);
  EXPECT_THAT(smaller->quantized().error().message, HasSubstr("quantized as it is"));
}

std::string name_of(const ::testing::TestParamInfo<ClassifierLoss>& param) {
  constexpr std::array kNames = {"softmax", "tree", "one_versus_all", "negative_sampling"};
  return kNames[static_cast<std::size_t>(param.param)];
}

INSTANTIATE_TEST_SUITE_P(Losses, ClassifierLossTest,
                         ::testing::Values(ClassifierLoss::softmax,
                                           ClassifierLoss::hierarchical_softmax,
                                           ClassifierLoss::one_versus_all,
                                           ClassifierLoss::negative_sampling),
                         name_of);

TEST(TextClassifierTest, TextsWithSeveralLabelsHaveThemAll) {
  const testing::TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += "__label__a red\n__label__b blue\n__label__a __label__b red blue\n";
  const std::vector<std::filesystem::path> files = {folder.write("train", text)};
  const auto classifier = train_text_classifier(
      files, {.loss = ClassifierLoss::one_versus_all, .dimensions = 8, .learning_rate = 0.5});
  ASSERT_TRUE(classifier) << classifier.error().message;
  EXPECT_EQ(classifier->predict("red blue", 5, 0.5F).size(), 2U);
  EXPECT_EQ(classifier->predict("red", 5, 0.5F).size(), 1U);
  const auto score = classifier->evaluate(files[0], 2, 0.5F);
  ASSERT_TRUE(score);
  EXPECT_GT(score->f1(), 0.99);
}

TEST(TextClassifierTest, TuningFindsBetterOptions) {
  const testing::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {folder.write("train", planted_texts(400, 1))};
  const auto validation = folder.write("validation", planted_texts(200, 2));
  const ClassifierTraining poor{
      .dimensions = 4, .epochs = 1, .learning_rate = 0.01, .buckets = 500};
  const auto score = [&](const ClassifierTraining& options) {
    return train_text_classifier(files, options)->evaluate(validation)->f1();
  };
  const auto tuned = tune_text_classifier(files, validation, 1.5, poor);
  ASSERT_TRUE(tuned) << tuned.error().message;
  EXPECT_GE(score(*tuned), score(poor));
  // However little time there is, there is an answer.
  const auto hurried = tune_text_classifier(files, validation, 0, poor);
  ASSERT_TRUE(hurried);
  EXPECT_EQ(hurried->learning_rate, poor.learning_rate);
}

TEST(TextClassifierTest, WrongOptionsFilesAndTextsAreErrors) {
  const testing::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {
      folder.write("train", "__label__a red\n__label__b blue\n")};
  const auto error = [&](const ClassifierTraining& options) {
    const auto made = train_text_classifier(files, options);
    return made ? "" : made.error().message;
  };
  EXPECT_EQ(error({.dimensions = 4}), "");
  EXPECT_THAT(error({.dimensions = 0}), HasSubstr("0 dimensions"));
  EXPECT_THAT(error({.epochs = 0}), HasSubstr("0 epochs"));
  EXPECT_THAT(error({.learning_rate = 0}), HasSubstr("learning rate"));
  EXPECT_THAT(error({.word_ngrams = 0}), HasSubstr("n-grams of 0 words"));
  EXPECT_THAT(error({.min_ngram = 4, .max_ngram = 3}), HasSubstr("n-grams of 4 to 3"));
  EXPECT_THAT(error({.word_ngrams = 2, .buckets = 0}), HasSubstr("0 buckets"));
  EXPECT_THAT(error({.negative = 64}), HasSubstr("64 drawn labels"));
  EXPECT_THAT(error({.label_prefix = "#"}), HasSubstr("no text has a label"));
  EXPECT_THAT(error({.min_label_count = 2}), HasSubstr("no text has a label"));

  const std::vector<std::filesystem::path> missing = {folder.path() / "missing"};
  EXPECT_THAT(train_text_classifier(missing).error().message, HasSubstr("missing"));
  EXPECT_THAT(TextClassifier::open(files[0]).error().message, HasSubstr("no model of fastText"));
  EXPECT_THAT(TextClassifier::open(kFixtures / "skipgram.bin").error().message,
              HasSubstr("no labels"));
  const auto classifier = TextClassifier::open(kFixtures / "plain.bin");
  ASSERT_TRUE(classifier);
  EXPECT_THAT(classifier->evaluate(files[0]).error().message, HasSubstr("no text has a label"));
  EXPECT_THAT(classifier->quantized().error().message, HasSubstr("rows can't be quantized"));
  EXPECT_TRUE(classifier->predict("text", 0).empty());
}

TEST(TextClassifierTest, CanBeStopped) {
  const testing::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {folder.write("train", planted_texts(500, 1))};
  const auto made =
      train_text_classifier(files, {.dimensions = 4}, [](const ProgressReport& report) {
        EXPECT_LE(report.done, report.total);
        return false;
      });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::cancelled);
}

TEST(LabelTreeTest, FindsTheLikeliestOfAll) {
  const std::vector<std::uint64_t> counts = {50, 20, 20, 9, 5, 5, 1};
  const words::LabelTree tree(counts);
  base::Random random(3);
  std::vector<float> right(counts.size() - 1);
  for (float& value : right) value = random.uniform();
  std::vector<std::pair<float, std::uint32_t>> all;
  for (std::uint32_t label = 0; label < counts.size(); ++label) {
    float probability = 1;
    for (std::size_t i = 0; i < tree.path(label).size(); ++i) {
      const float there = right[tree.path(label)[i]];
      probability *= (tree.targets(label)[i] == 1 ? there : 1 - there) + words::kProbabilityGuard;
    }
    all.emplace_back(probability, label);
  }
  std::ranges::sort(all, std::ranges::greater());
  const auto found = tree.likeliest(4, 0, [&](std::uint32_t node) { return right[node]; });
  ASSERT_EQ(found.size(), 4U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].first, all[i].second);
    EXPECT_FLOAT_EQ(found[i].second, all[i].first);
  }
  EXPECT_TRUE(tree.likeliest(4, 1.5F, [](std::uint32_t) { return 0.5F; }).empty());
  const std::vector<std::uint64_t> single = {3};
  EXPECT_EQ(words::LabelTree(single).likeliest(2, 0, {}).size(), 1U);
}

TEST(LabelTreeTest, CountsThatDontFallAreNoTree) {
  using words::LabelTree;
  EXPECT_TRUE(LabelTree::fits(std::vector<std::uint64_t>{3, 3, 1}));
  EXPECT_FALSE(LabelTree::fits(std::vector<std::uint64_t>{}));
  EXPECT_FALSE(LabelTree::fits(std::vector<std::uint64_t>{1, 2}));
  EXPECT_FALSE(LabelTree::fits(std::vector<std::uint64_t>{1, 0}));
  EXPECT_FALSE(LabelTree::fits(std::vector<std::uint64_t>{~0ULL, 1}));
}

TEST(SoftmaxUpdateTest, ChangesAreTheSlopesOfItsObjective) {
  constexpr std::size_t kOutputs = 7;
  for (const std::size_t dimensions : {1, 17, 64, 100}) {
    words::SharedMatrix input = words::random_rows(1, dimensions, 1, 1);
    words::SharedMatrix outputs = words::random_rows(kOutputs, dimensions, 1, 2);
    const words::SharedMatrix before = words::random_rows(kOutputs, dimensions, 1, 2);
    constexpr std::size_t kTarget = 3;
    // log p of the target, in double precision.
    const auto objective = [&](std::size_t moved_row, std::size_t moved, double by) {
      double sum = 0;
      double target = 0;
      for (std::size_t j = 0; j < kOutputs; ++j) {
        double dot = 0;
        for (std::size_t k = 0; k < dimensions; ++k) {
          const double u = input.row(0)[k] + (moved_row == kOutputs && k == moved ? by : 0);
          const double v = before.row(j)[k] + (moved_row == j && k == moved ? by : 0);
          dot += u * v;
        }
        sum += std::exp(dot);
        if (j == kTarget) target = dot;
      }
      return target - std::log(sum);
    };
    words::SharedMatrix change(1, dimensions);
    std::vector<float> scores(kOutputs);
    words::update_softmax({.input = input.row(0),
                           .outputs = outputs.row(0),
                           .output_count = kOutputs,
                           .stride = input.stride(),
                           .target = kTarget,
                           .rate = 0.5F,
                           .change = change.row(0),
                           .scores = scores.data()});
    constexpr double kStep = 1e-5;
    for (std::size_t k = 0; k < dimensions; ++k) {
      const auto slope = [&](std::size_t row) {
        return (objective(row, k, kStep) - objective(row, k, -kStep)) / (2 * kStep);
      };
      EXPECT_NEAR(change.row(0)[k], 0.5 * slope(kOutputs), 1e-5);
      for (std::size_t j = 0; j < kOutputs; ++j)
        EXPECT_NEAR(outputs.row(j)[k] - before.row(j)[k], 0.5 * slope(j), 1e-5);
    }
  }
}

}  // namespace
}  // namespace kindred
