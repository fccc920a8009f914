#include "text/models/unigram.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "kindred/tokenizer.h"
#include "support/tokenizer_cases.h"
#include "text/readers/tokenizer_json.h"

namespace kindred::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::filesystem::path kFolder =
    std::filesystem::path(KINDRED_FIXTURES) / "tokenizers" / "unigram";

TEST(Unigram, AgreesWithTheReference) { kindred::testing::expect_the_reference(kFolder, 1000); }

std::string message_of(std::string_view fields) {
  const auto parsed = parse_tokenizer_json(
      fmt::format(R"({{"model": {{"type": "Unigram", {}}}}})", fields), "t.json");
  return parsed ? "" : parsed.error().message;
}

TEST(Unigram, NamesWhatIsWrong) {
  EXPECT_THAT(message_of(R"("unk_id": 0)"), HasSubstr("t.json: model: \"vocab\" is missing"));
  for (const char* entry : {R"("a")", R"(["a"])", R"(["a", "b"])", R"(["a", 1, 2])", R"([1, 1])"})
    EXPECT_THAT(message_of(fmt::format(R"("vocab": [["x", -1], {}])", entry)),
                HasSubstr("vocab: entry 1 is not a piece and its score"))
        << entry;
  EXPECT_THAT(message_of(R"("vocab": [["a", -1]], "unk_id": 1)"),
              HasSubstr("\"unk_id\" is 1, the vocabulary has 1 pieces"));
  EXPECT_THAT(message_of(R"("vocab": [], "unk_id": 0)"), HasSubstr("has 0 pieces"));
  EXPECT_EQ(message_of(R"("vocab": [["a", -1], ["", -3], ["b", 0]], "unk_id": null)"), "");
}

TEST(Unigram, LeavesOutWhatIsUnknownWhereNoPieceStandsForIt) {
  std::vector<Token> tokens;
  SplitText text;
  text.normalized.text = "axxa";
  text.words = {{0, 4}};
  const Unigram model(Trie({{"a", 3}}),
                      {.scores = {0, 0, 0, -1}, .unknown = {}, .unknown_score = -11, .bytes = {}});
  const auto scratch = model.make_scratch();
  model.cut(text, 10, scratch.get(), tokens);
  EXPECT_THAT(tokens, ElementsAre(Token{3, 0, 1}, Token{3, 3, 4}));
  text.normalized.text = "xxxx";
  tokens.clear();
  model.cut(text, 10, scratch.get(), tokens);
  EXPECT_THAT(tokens, IsEmpty());
}

TEST(Unigram, IsLinearInAWord) {
  const auto begin = std::chrono::steady_clock::now();
  for (const char* name : {"plain.json", "bytes.json", "metaspace_always_whole.json",
                           "unigram.model", "bpe.model", "bpe_unused.model", "t5_like.json"}) {
    const auto tokenizer = Tokenizer::open(kFolder / name);
    ASSERT_TRUE(tokenizer);
    for (const std::string_view part : {"a", "the", " ", "\u0301", "x", "\U0001f600\u200d"}) {
      std::string text;
      while (text.size() < (1U << 20)) text += part;
      const std::string_view view = text;
      EXPECT_TRUE(tokenizer->tokenize({&view, 1}));
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

}  // namespace
}  // namespace kindred::text
