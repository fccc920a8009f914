// Word vectors as a model of texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "kindred/embedder.h"
#include "kindred/word_vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(WordEncoderTest, ATextIsTheMeanOfItsKnownWords) {
  const testing::TemporaryFolder folder;
  const auto path = folder.write("words.vec", "3 2\nriver 1 2\nbank 3 6\nParis 8 8\n");
  const auto embedder = Embedder::open(path);
  ASSERT_TRUE(embedder) << embedder.error().message;
  EXPECT_EQ(embedder->dimensions(), 2U);
  EXPECT_EQ(embedder->describe().family, "word_vectors");
  EXPECT_EQ(embedder->tokenizer(), nullptr);
  const std::vector<std::string_view> texts = {"The River's bank.", "river, BANK!", "Paris",
                                               "paris unknown", ""};
  const auto result = embedder->embed(texts);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->vectors.row(1), ElementsAre(2, 4));
  EXPECT_THAT(result->vectors.row(2), ElementsAre(8, 8));
  EXPECT_THAT(result->vectors.row(3), ElementsAre(0, 0));
  EXPECT_THAT(result->vectors.row(4), ElementsAre(0, 0));
}

TEST(WordEncoderTest, PartsOfWordsMakeVectorsOfUnseenOnes) {
  const auto path = std::filesystem::path(KINDRED_FIXTURES) / "fasttext" / "skipgram.bin";
  const auto embedder = Embedder::open(path);
  ASSERT_TRUE(embedder) << embedder.error().message;
  const auto words = WordVectors::open(path);
  const std::vector<std::string_view> texts = {"rivers", "river BOAT"};
  const auto result = embedder->embed(texts);
  ASSERT_TRUE(result) << result.error().message;
  for (std::size_t k = 0; k < embedder->dimensions(); ++k) {
    EXPECT_EQ(result->vectors.row(0)[k], (*words->vector_of("rivers"))[k]);
    EXPECT_FLOAT_EQ(result->vectors.row(1)[k],
                    ((*words->vector_of("river"))[k] + (*words->vector_of("boat"))[k]) / 2);
  }
}

TEST(WordEncoderTest, OtherFilesAreErrors) {
  const testing::TemporaryFolder folder;
  const auto opened = Embedder::open(folder.write("text", "nothing of the kind\n"));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("has no word vectors in it"));
}

}  // namespace
}  // namespace kindred
