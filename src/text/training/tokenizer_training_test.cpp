#include "kindred/tokenizer_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "kindred/threads.h"
#include "kindred/tokenizer.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TokenizerTrainingTest : public ::testing::Test {
 protected:
  std::filesystem::path write(const char* name, std::string_view text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::string trained(const std::filesystem::path& corpus, const TokenizerTraining& options) {
    const auto json = train_tokenizer(std::span(&corpus, 1), options);
    EXPECT_TRUE(json.has_value()) << json.error().message;
    return json.value_or("");
  }
  std::vector<std::string> tokens(const std::string& json, std::string_view text) {
    const auto tokenizer = Tokenizer::open(write("tokenizer.json", json));
    EXPECT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
    std::vector<std::string> tokens;
    const auto batch = tokenizer->tokenize({&text, 1});
    for (const std::uint32_t id : batch->ids) tokens.emplace_back(tokenizer->token(id));
    return tokens;
  }
  std::string corpus() const {
    std::string text;
    for (int i = 0; i < 50; ++i)
      text += "The lowest, lower and low Caf\u00e9s.\r\nslower slow slowest\n";
    return text;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(TokenizerTrainingTest, MakesAWordPieceTokenizerThatOpens) {
  const auto json = trained(write("corpus.txt", corpus()), {.vocabulary_size = 60});
  EXPECT_THAT(tokens(json, "Lowest CAFES!"),
              ElementsAre("[CLS]", "lowest", "cafes", "[UNK]", "[SEP]"));
  const auto cased =
      trained(write("corpus.txt", corpus()), {.vocabulary_size = 60, .lowercase = false});
  EXPECT_THAT(tokens(cased, "Caf\u00e9s cafes"),
              ElementsAre("[CLS]", "Caf\u00e9s", "[UNK]", "[SEP]"));
}

TEST_F(TokenizerTrainingTest, MakesAByteLevelTokenizerThatOpens) {
  const auto json =
      trained(write("corpus.txt", corpus()), {.kind = VocabularyKind::bpe, .vocabulary_size = 320});
  const std::string text = "The lowest Caf\u00e9s \u4e2d\u6587";
  EXPECT_THAT(tokens(json, text),
              ::testing::IsSupersetOf({"The", "\u0120lowest", "\u0120Caf\u00c3\u00a9s"}));
  const auto tokenizer = Tokenizer::open(folder_ / "tokenizer.json");
  const std::string_view view = text;
  EXPECT_EQ(tokenizer->decode(tokenizer->tokenize({&view, 1})->ids), text);
}

TEST_F(TokenizerTrainingTest, MakesAUnigramTokenizerThatOpens) {
  const auto json = trained(write("corpus.txt", corpus()),
                            {.kind = VocabularyKind::unigram, .vocabulary_size = 60});
  EXPECT_EQ(tokens(json, "The lowest").front().substr(0, 3), "\u2581");
  const auto tokenizer = Tokenizer::open(folder_ / "tokenizer.json");
  const std::string_view text = "The lowest, slower";
  EXPECT_EQ(tokenizer->decode(tokenizer->tokenize({&text, 1})->ids), text);
}

TEST_F(TokenizerTrainingTest, GivesTheSameBytesAtAnyNumberOfThreads) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "word" + std::to_string(i * 7919 % 1000) + " and more\n";
  const auto file = write("corpus.txt", text);
  set_threads(1);
  const auto alone = trained(file, {.vocabulary_size = 500});
  set_threads(3);
  EXPECT_EQ(trained(file, {.vocabulary_size = 500}), alone);
  set_threads(0);
}

TEST_F(TokenizerTrainingTest, NamesWhatIsWrong) {
  const auto file = write("corpus.txt", corpus());
  const auto problem = [&](const TokenizerTraining& options) {
    const auto result = train_tokenizer(std::span(&file, 1), options);
    return result.has_value() ? "" : result.error().message;
  };
  EXPECT_EQ(problem({.vocabulary_size = 5}),
            "a vocabulary of 5 tokens has no room beside 5 special tokens");
  EXPECT_EQ(problem({.special_tokens = std::vector<std::string>{"[UNK]"}}),
            "a wordpiece vocabulary needs the special token \"[CLS]\"");
  EXPECT_EQ(problem({.special_tokens = std::vector<std::string>{"a", "a"}}),
            "special token 1 is \"a\": empty, or there twice");
  const std::filesystem::path missing = folder_ / "missing.txt";
  EXPECT_THAT(train_tokenizer(std::span(&missing, 1)).error().message, HasSubstr("missing.txt"));
  const std::filesystem::path empty = write("empty.txt", " \n\n");
  EXPECT_EQ(train_tokenizer(std::span(&empty, 1)).error().message, "the texts have no words");
  const auto stopped =
      train_tokenizer(std::span(&file, 1), {}, [](const ProgressReport&) { return false; });
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_THAT(parse_vocabulary_kind("bbpe").error().message, HasSubstr("wordpiece, bpe, unigram"));
}

}  // namespace
}  // namespace kindred
