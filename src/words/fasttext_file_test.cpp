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

}  // namespace
}  // namespace kindred
