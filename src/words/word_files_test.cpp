// Files of word vectors, beside gensim's (tests/golden/make_words.py), damaged, and back and forth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/word_vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "words";

nlohmann::json expected() {
  return nlohmann::json::parse(*base::read_file(kFixtures / "expected.json"));
}

TEST(WordFiles, ReadsWhatGensimWrites) {
  const auto words = expected()["words"].get<std::vector<std::string>>();
  const auto values = expected()["vectors"].get<std::vector<std::vector<float>>>();
  for (const char* file : {"text.vec", "binary.bin", "glove.txt"}) {
    const auto vectors = WordVectors::open(kFixtures / file);
    ASSERT_TRUE(vectors) << vectors.error().message;
    ASSERT_EQ(vectors->size(), words.size()) << file;
    ASSERT_EQ(vectors->dimensions(), values[0].size()) << file;
    for (std::size_t i = 0; i < words.size(); ++i) {
      EXPECT_EQ(vectors->word(i), words[i]);
      EXPECT_EQ(vectors->find(words[i]), i);
      for (std::size_t k = 0; k < values[i].size(); ++k)
        EXPECT_EQ(vectors->vector(i)[k], values[i][k]) << file << " " << words[i];
    }
    EXPECT_EQ(vectors->find("none"), std::nullopt);
  }
}

class WordFilesTest : public ::testing::Test {
 protected:
  std::string error_of(std::string_view bytes) {
    const auto vectors = WordVectors::open(folder_.write("w.bin", bytes));
    return vectors ? "" : vectors.error().message;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(WordFilesTest, EveryFormatKeepsEveryBit) {
  // Words that are no UTF-8, numbers, one long; values of every size.
  const std::vector<std::string> words = {"\xff\xfe", "12", "-", std::string(3000, 'w'), "a"};
  Matrix values(words.size(), 3);
  const std::vector<float> odd = {
      0.0F, -0.0F, 1e-45F, 3.4e38F, -1e-38F, 0.1F, 1.0F / 3, 16777217.0F, -5e7F, 1, 2, 3, 4, 5, 6};
  std::ranges::copy(odd, values.data());
  const std::vector<std::string_view> views(words.begin(), words.end());
  const auto made = WordVectors::make(views, values.clone());
  ASSERT_TRUE(made) << made.error().message;
  for (const WordFormat format :
       {WordFormat::word2vec_text, WordFormat::word2vec_binary, WordFormat::glove_text}) {
    ASSERT_TRUE(made->save(folder_ / "file", format));
    const auto read = WordVectors::open(folder_ / "file");
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      EXPECT_EQ(read->word(i), words[i]);
      for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_EQ(read->vector(i)[k], values.row(i)[k]);
        EXPECT_EQ(std::signbit(read->vector(i)[k]), std::signbit(values.row(i)[k]));
      }
    }
  }
}

TEST_F(WordFilesTest, ReadsOddButSoundFiles) {
  // Blanks at the end of lines, CRLF, an empty line, a word with blanks in it, a word twice.
  const auto vectors =
      WordVectors::open(folder_.write("w", "4 2\r\na 1 2 \r\n. . . 3 4\n\na 9 9\nb\t5\t6\n"));
  ASSERT_TRUE(vectors) << vectors.error().message;
  ASSERT_EQ(vectors->size(), 3U);
  EXPECT_EQ(vectors->word(1), ". . .");
  EXPECT_EQ(vectors->vector(0)[0], 1);
  EXPECT_EQ(vectors->vector(2)[1], 6);
  // The original's binary has no line's end behind a vector.
  std::string binary = "2 1\n";
  binary += std::string("x \0\0\x80\x3f", 6) + std::string("y \0\0\0\x40", 6);
  const auto packed = WordVectors::open(folder_.write("b", binary));
  ASSERT_TRUE(packed) << packed.error().message;
  EXPECT_EQ(packed->word(1), "y");
  EXPECT_EQ(packed->vector(1)[0], 2);
}

TEST_F(WordFilesTest, DamageIsOneLine) {
  EXPECT_THAT(error_of(""), HasSubstr("w.bin: has no word vectors in it"));
  EXPECT_THAT(error_of("just a text\nof two lines\n"), HasSubstr("has no word vectors in it"));
  EXPECT_THAT(error_of("a 1 2\nb 1\n"), HasSubstr("w.bin: line 2 is not a word and 2 numbers"));
  EXPECT_THAT(error_of("a 1 2\nb 1 x\n"), HasSubstr("line 2 is not a word and 2 numbers"));
  EXPECT_THAT(error_of("3 2\na 1.5 2.5\nb 1.5 2.5\n"), HasSubstr("promises 3 words and has 2"));
  EXPECT_THAT(error_of("99999999999 2\na 1 2\n"), HasSubstr("promises 99999999999 words"));
  EXPECT_THAT(error_of("1 99999999999\na 1 2\n"), HasSubstr("99999999999 dimensions"));
  EXPECT_THAT(error_of("1 0\na\n"), HasSubstr("0 dimensions"));
  EXPECT_THAT(error_of("0 2\n"), HasSubstr("has no words"));
  EXPECT_THAT(error_of("a 1 nan\n"),
              HasSubstr("the vector of \"a\" has a value that is no number"));
  EXPECT_THAT(error_of("a 1 1e39\n"), HasSubstr("numbers"));
  EXPECT_THAT(error_of(std::string("2 1\nxxxx \1\1\1\1y \1\1", 17)),
              HasSubstr("ends within word 2"));
}

TEST_F(WordFilesTest, MakeChecksWhatItIsGiven) {
  const auto error = [](std::vector<std::string_view> words, Matrix vectors) {
    return WordVectors::make(words, std::move(vectors)).error().message;
  };
  EXPECT_EQ(error({"a"}, Matrix(2, 3)), "1 words and 2 vectors of 3 dimensions");
  EXPECT_EQ(error({"a", "a"}, Matrix(2, 3)), "the word \"a\" stands twice");
  EXPECT_EQ(error({"a b"}, Matrix(1, 3)), "\"a b\" is no word of a file");
  EXPECT_EQ(error({""}, Matrix(1, 3)), "\"\" is no word of a file");
  EXPECT_THAT(parse_word_format("pickle").error().message,
              HasSubstr("unknown format \"pickle\", known are: text, binary, glove"));
}

TEST(WordVectorsTest, NearestAgreesWithGensim) {
  const auto vectors = WordVectors::open(kFixtures / "binary.bin");
  ASSERT_TRUE(vectors);
  const auto fixture = expected();
  const auto compare = [&](const std::vector<WordHit>& hits, const nlohmann::json& others) {
    ASSERT_EQ(hits.size(), others.size());
    for (std::size_t i = 0; i < hits.size(); ++i) {
      EXPECT_EQ(vectors->word(hits[i].id), others[i][0].get<std::string>());
      EXPECT_NEAR(hits[i].score, others[i][1].get<float>(), 1e-6);
    }
  };
  for (const auto& [word, others] : fixture["nearest"].items()) {
    const std::vector<std::size_t> asked = {*vectors->find(word)};
    compare(vectors->nearest(vectors->vector(asked[0]), {.k = 5, .leave_out = asked}), others);
  }
  const std::vector<SignedWord> sum = {{"norway", 1}, {"paris", 1}, {"oslo", -1}};
  const std::vector<std::size_t> asked = {*vectors->find("norway"), *vectors->find("paris"),
                                          *vectors->find("oslo")};
  compare(vectors->nearest(*vectors->combined(sum), {.k = 3, .leave_out = asked}),
          fixture["combined"]);
}

TEST(WordFiles, NpyHasItsWordsBesideIt) {
  const testing::TemporaryFolder folder;
  const auto vectors = WordVectors::open(kFixtures / "text.vec");
  ASSERT_TRUE(vectors);
  const auto path = folder.path() / "words.npy";
  ASSERT_TRUE(vectors->save(path, WordFormat::npy));
  const auto read = WordVectors::open(path);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), vectors->size());
  for (std::size_t id = 0; id < read->size(); ++id) EXPECT_EQ(read->word(id), vectors->word(id));
  EXPECT_TRUE(std::ranges::equal(read->vectors().values(), vectors->vectors().values()));
  EXPECT_FALSE(vectors->save(folder.path() / "words.txt", WordFormat::npy));
  folder.write("words.txt", "one\n");
  EXPECT_THAT(WordVectors::open(path).error().message, HasSubstr("words.txt: 1 words and"));
  std::filesystem::remove(folder.path() / "words.txt");
  EXPECT_THAT(WordVectors::open(path).error().message, HasSubstr("words.txt"));
}

TEST(WordVectorsTest, NearestStaysWithinWhatThereIs) {
  const auto vectors = WordVectors::open(kFixtures / "text.vec");
  ASSERT_TRUE(vectors);
  const auto query = vectors->vector(0);
  EXPECT_EQ(vectors->nearest(query, {.k = 1000}).size(), vectors->size());
  EXPECT_TRUE(vectors->nearest(query, {.k = 0}).empty());
  const std::vector<std::size_t> out = {0, 1, 99'999};
  const auto hits = vectors->nearest(query, {.k = 10, .restrict_to = 4, .leave_out = out});
  ASSERT_EQ(hits.size(), 2U);
  for (const WordHit& hit : hits) EXPECT_TRUE(hit.id == 2 || hit.id == 3);
  EXPECT_EQ(vectors->nearest(query, {.k = 1})[0].id, 0U);
  EXPECT_NEAR(vectors->nearest(query, {.k = 1})[0].score, 1, 1e-6);
}

TEST(WordEvaluation, AgreesWithGensim) {
  const auto vectors = WordVectors::open(kFixtures / "binary.bin");
  ASSERT_TRUE(vectors);
  const auto fixture = expected();
  const auto analogies = evaluate_analogies(*vectors, kFixtures / "questions.txt");
  ASSERT_TRUE(analogies) << analogies.error().message;
  ASSERT_EQ(analogies->sections.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(analogies->sections[i].name, fixture["analogies"][i]["name"].get<std::string>());
    EXPECT_EQ(analogies->sections[i].asked, fixture["analogies"][i]["asked"].get<std::size_t>());
    EXPECT_EQ(analogies->sections[i].correct,
              fixture["analogies"][i]["correct"].get<std::size_t>());
  }
  EXPECT_EQ(analogies->sections[1].left_out, 1U);
  EXPECT_EQ(analogies->total.asked, 32U);
  const auto restricted =
      evaluate_analogies(*vectors, kFixtures / "questions.txt", {.restrict_to = 8});
  EXPECT_DOUBLE_EQ(restricted->total.accuracy(), fixture["restricted"].get<double>());
  const auto similarity = evaluate_similarity(*vectors, kFixtures / "pairs.tsv");
  ASSERT_TRUE(similarity) << similarity.error().message;
  EXPECT_NEAR(similarity->spearman, fixture["spearman"].get<double>(), 1e-9);
  EXPECT_NEAR(similarity->pearson, fixture["pearson"].get<double>(), 1e-6);
  EXPECT_EQ(similarity->pairs, 30U);
  EXPECT_EQ(similarity->left_out, 1U);
}

TEST(WordEvaluation, EachMethodAnswersByItsDefinition) {
  const auto vectors = WordVectors::open(kFixtures / "binary.bin");
  const auto fixture = expected();
  const std::size_t a = *vectors->find("oslo");
  const std::size_t b = *vectors->find("norway");
  const std::size_t c = *vectors->find("paris");
  for (const char* name : {"cos-mul", "pair-direction"}) {
    const auto method = parse_analogy_method(name);
    ASSERT_TRUE(method);
    const auto hits = answer_analogy(*vectors, a, b, c, {.method = *method, .k = 5});
    const auto& others = fixture["methods"][name];
    ASSERT_EQ(hits.size(), others.size());
    for (std::size_t i = 0; i < hits.size(); ++i) {
      EXPECT_EQ(vectors->word(hits[i].id), others[i][0].get<std::string>()) << name;
      EXPECT_NEAR(hits[i].score, others[i][1].get<float>(), 2e-5) << name;
    }
  }
  EXPECT_EQ(vectors->word(answer_analogy(*vectors, a, b, c)[0].id),
            fixture["combined"][0][0].get<std::string>());
  EXPECT_THAT(parse_analogy_method("cosine").error().message,
              HasSubstr("known are: cos-add, cos-mul, pair-direction"));
}

TEST(WordEvaluation, OtherFilesAreErrors) {
  const auto vectors = WordVectors::open(kFixtures / "binary.bin");
  const testing::TemporaryFolder folder;
  EXPECT_THAT(
      evaluate_analogies(*vectors, folder.write("q", ": a\none two three\n")).error().message,
      HasSubstr("q: line 2: four words are needed, there are 3"));
  EXPECT_THAT(evaluate_similarity(*vectors, folder.write("p", "river bank high\n")).error().message,
              HasSubstr("p: line 1: two words and a number are needed"));
  EXPECT_THAT(evaluate_similarity(*vectors, folder.write("p", "river bank 1\n")).error().message,
              HasSubstr("1 of its pairs are known, two at least are needed"));
}

}  // namespace
}  // namespace kindred
