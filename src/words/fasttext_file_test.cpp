// Files of fastText beside the original program (tests/golden/make_fasttext.py), damaged, and back
// and forth.
#include "words/fasttext_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/word_training.h"
#include "kindred/word_vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using ::testing::ElementsAreArray;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "fasttext";

nlohmann::json expected() {
  return nlohmann::json::parse(*base::read_file(kFixtures / "expected.json"));
}

Result<words::FastTextModel> parse(std::string_view bytes) {
  return words::parse_fasttext(std::as_bytes(std::span(bytes)), nullptr, "file");
}

TEST(FastTextFiles, WordsHaveTheRowsAndVectorsOfTheOriginal) {
  for (const char* file : {"skipgram.bin", "cbow.bin", "oldest.bin"}) {
    const std::string bytes = *base::read_file(kFixtures / file);
    const auto model = parse(bytes);
    ASSERT_TRUE(model) << model.error().message;
    const auto vectors = WordVectors::open(kFixtures / file);
    ASSERT_TRUE(vectors) << vectors.error().message;
    const nlohmann::json fixture = expected();
    for (const auto& [word, said] : fixture[file]["words"].items()) {
      std::vector<std::uint32_t> rows;
      model->append_rows(word, rows);
      EXPECT_THAT(rows, ElementsAreArray(said["rows"].get<std::vector<std::uint32_t>>())) << word;
      const auto parts = vectors->subwords(word);
      const auto ngrams = said["ngrams"].get<std::vector<std::string>>();
      ASSERT_EQ(parts.size(), ngrams.size()) << word;
      for (std::size_t i = 0; i < ngrams.size(); ++i) EXPECT_EQ(parts[i].text, ngrams[i]);
      const auto vector = vectors->vector_of(word);
      ASSERT_EQ(vector.has_value(), !ngrams.empty()) << word;
      if (!vector) continue;
      EXPECT_THAT(*vector, Pointwise(FloatNear(1e-6F), said["vector"].get<std::vector<float>>()))
          << word;
    }
    EXPECT_EQ(vectors->find("rivers"), std::nullopt);
  }
}

TEST(FastTextFiles, AreWrittenAsTheyWereRead) {
  const testing::TemporaryFolder folder;
  for (const char* file : {"skipgram.bin", "cbow.bin", "softmax.bin", "hs.bin", "ova.bin", "ns.bin",
                           "plain.bin", "whole.ftz"}) {
    const std::string bytes = *base::read_file(kFixtures / file);
    const auto model = parse(bytes);
    ASSERT_TRUE(model) << file << ": " << model.error().message;
    const auto written = folder.path() / "written";
    ASSERT_TRUE(base::write_atomically(
        base::real_file_system(), written,
        [&](base::WritableFile& out) { return words::write_fasttext(out, *model); }));
    EXPECT_TRUE(*base::read_file(written) == bytes) << file;
  }
}

TEST(FastTextFiles, APrunedModelIsWrittenWithItsBucketsInOrder) {
  const testing::TemporaryFolder folder;
  const auto write = [&](const words::FastTextModel& model) {
    EXPECT_TRUE(base::write_atomically(
        base::real_file_system(), folder.path() / "written",
        [&](base::WritableFile& out) { return words::write_fasttext(out, model); }));
    return *base::read_file(folder.path() / "written");
  };
  const std::string bytes = *base::read_file(kFixtures / "pruned.ftz");
  const auto model = parse(bytes);
  ASSERT_TRUE(model) << model.error().message;
  const std::string once = write(*model);
  const auto again = parse(once);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->kept_buckets, model->kept_buckets);
  EXPECT_EQ(once.size(), bytes.size());
  EXPECT_TRUE(write(*again) == once);
}

TEST(FastTextFiles, AnyCutIsAnError) {
  for (const char* file : {"skipgram.bin", "oldest.bin", "pruned.ftz", "whole.ftz"}) {
    const std::string bytes = *base::read_file(kFixtures / file);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto model = parse(std::string_view(bytes).substr(0, size));
      ASSERT_FALSE(model) << file << " of " << size;
      EXPECT_THAT(model.error().message, HasSubstr("file: "));
    }
  }
}

TEST(FastTextFiles, DamagedNumbersAreErrors) {
  const std::string whole = *base::read_file(kFixtures / "skipgram.bin");
  const auto error = [&](std::size_t place, std::int32_t value) {
    std::string bytes = whole;
    std::memcpy(bytes.data() + place, &value, sizeof(value));
    const auto model = parse(bytes);
    return model ? "" : model.error().message;
  };
  EXPECT_THAT(error(4, 13), HasSubstr("version 13"));
  EXPECT_THAT(error(8, 0), HasSubstr("0 dimensions"));
  EXPECT_THAT(error(8, 7), HasSubstr("in a model of 7 dimensions"));
  EXPECT_THAT(error(32, 5), HasSubstr("settings that no model of fastText has"));
  EXPECT_THAT(error(40, 61), HasSubstr("rows for"));
  EXPECT_THAT(error(64, 1'000'000), HasSubstr("promises 1000000 words"));
  EXPECT_THAT(error(68, 2), HasSubstr("entries for 2 words"));
}

TEST(FastTextFiles, LearnedVectorsAreReadAgain) {
  const testing::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {
      folder.write("text", "the river bank\nthe boat on the river\nboats of the river\n")};
  const auto learned =
      train_word_vectors(files, {.dimensions = 5, .min_count = 1, .max_ngram = 4, .buckets = 30});
  ASSERT_TRUE(learned) << learned.error().message;
  const auto path = folder.path() / "model.bin";
  ASSERT_TRUE(learned->save(path, WordFormat::fasttext));
  const auto read = WordVectors::open(path);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), learned->size());
  for (const char* word : {"river", "boats", "riverboat", "\xff"}) {
    ASSERT_TRUE(read->vector_of(word)) << word;
    EXPECT_EQ(*read->vector_of(word), *learned->vector_of(word)) << word;
  }
  ASSERT_TRUE(learned->save(path, WordFormat::word2vec_text));
  const auto plain = WordVectors::open(path);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->vector_of("riverboat"), std::nullopt);
  EXPECT_THAT(plain->save(path, WordFormat::fasttext).error().message,
              HasSubstr("not those of a fastText model"));
}

TEST(ContinuedTraining, KeepsWhatWasLearnedAndTakesNewWords) {
  const testing::TemporaryFolder folder;
  std::string first;
  std::string second;
  for (int i = 0; i < 300; ++i) {
    first += "sun moon star sky\nbread milk butter cheese\n";
    second += "comet sun moon star sky\nbutter yoghurt milk cheese\n";
  }
  const std::vector<std::filesystem::path> before = {folder.write("first", first)};
  const std::vector<std::filesystem::path> after = {folder.write("second", second)};
  for (const std::size_t max_ngram : {0, 4}) {
    const WordTraining options{.dimensions = 12,
                               .sample = 0,
                               .learning_rate = 0.05,
                               .max_ngram = max_ngram,
                               .buckets = 300,
                               .continuable = true,
                               .deterministic = true};
    const auto old = train_word_vectors(before, options);
    ASSERT_TRUE(old) << old.error().message;
    const auto path = folder.path() / "model.bin";
    ASSERT_TRUE(old->save(path, WordFormat::fasttext));

    // Next to nothing learned: the old words are where they were, however the order changes.
    WordTraining on{.epochs = 1, .learning_rate = 1e-9, .start = path, .deterministic = true};
    const auto same = train_word_vectors(after, on);
    ASSERT_TRUE(same) << same.error().message;
    EXPECT_EQ(same->size(), old->size() + 2);
    EXPECT_EQ(same->dimensions(), 12U);
    for (std::size_t id = 0; id < old->size(); ++id)
      EXPECT_THAT(*same->vector_of(old->word(id)),
                  Pointwise(FloatNear(1e-5F), *old->vector_of(old->word(id))));

    on.learning_rate = 0.05;
    on.epochs = 5;
    const auto more = train_word_vectors(after, on);
    ASSERT_TRUE(more) << more.error().message;
    const auto near = [&](std::string_view a, std::string_view b) {
      return cosine(*more->vector_of(a), *more->vector_of(b));
    };
    EXPECT_GT(near("comet", "moon"), near("comet", "milk"));
    EXPECT_GT(near("yoghurt", "milk"), near("yoghurt", "moon"));
    EXPECT_GT(near("bread", "milk"), near("bread", "moon"));  // not in the new text
    ASSERT_TRUE(more->save(path, WordFormat::fasttext));
    EXPECT_TRUE(WordVectors::open(path));
  }
  const auto error = [&](const std::filesystem::path& start) {
    return train_word_vectors(after, {.start = start}).error().message;
  };
  EXPECT_THAT(error(before[0]), HasSubstr("has vectors alone"));
  EXPECT_THAT(error(kFixtures / "softmax.bin"), HasSubstr("is a classifier"));
}

}  // namespace
}  // namespace kindred
