#include "kindred/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "kindred/threads.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::filesystem::path kTokenizers = std::filesystem::path(KINDRED_FIXTURES) / "tokenizers";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Tokenizer open(std::string_view name) {
  return std::move(Tokenizer::open(kTokenizers / name)).value();
}

std::vector<std::uint32_t> ids(const Tokenizer& tokenizer, std::string_view text,
                               const TokenizeOptions& options = {.special_tokens = false}) {
  const auto batch = tokenizer.tokenize(std::span(&text, 1), options);
  return batch ? batch->ids : std::vector<std::uint32_t>{};
}

TEST(Tokenizer, AgreesWithTheReference) {
  const json cases = json::parse(read(kTokenizers / "cases.json"));
  ASSERT_GT(cases.size(), 400U);
  std::map<std::string, Tokenizer> tokenizers;
  for (const json& row : cases) {
    const std::string name = row["tokenizer"];
    if (!tokenizers.contains(name)) tokenizers.emplace(name, open(name));
    const Tokenizer& tokenizer = tokenizers.at(name);
    const std::vector<std::string> texts = row["texts"];
    const std::vector<std::string_view> first = {texts.front()};
    const std::vector<std::string_view> second = {texts.back()};
    TokenizeOptions options{
        .max_tokens = row["limit"], .special_tokens = row["special_tokens"], .offsets = true};
    const auto run = [&] {
      return texts.size() == 1 ? tokenizer.tokenize(first, options)
                               : tokenizer.tokenize_pairs(first, second, options);
    };
    const auto batch = run();
    ASSERT_TRUE(batch) << row << batch.error().message;
    EXPECT_EQ(json(batch->ids), row["ids"]) << row;
    EXPECT_EQ(json(batch->type_ids), row["type_ids"]) << row;
    json offsets = json::array();
    for (const TokenOffset& offset : batch->offsets) offsets.push_back({offset.begin, offset.end});
    EXPECT_EQ(offsets, row["offsets"]) << row;
    options.offsets = false;
    EXPECT_EQ(run()->ids, batch->ids) << row;
    EXPECT_TRUE(run()->offsets.empty());
    EXPECT_EQ(tokenizer.decode(batch->ids, options.special_tokens).value(), row["decoded"]) << row;
  }
}

TEST(Tokenizer, KnowsItsVocabulary) {
  const Tokenizer tokenizer = open("bert.json");
  EXPECT_EQ(tokenizer.token(2), "[CLS]");
  EXPECT_EQ(tokenizer.id("[SEP]"), 3U);
  EXPECT_EQ(tokenizer.token(1'000'000), "");
  EXPECT_EQ(tokenizer.id("no such token"), std::nullopt);
  EXPECT_GT(tokenizer.vocabulary_size(), 40U);
  EXPECT_EQ(tokenizer.max_tokens(), 0U);
  EXPECT_EQ(open("vocab_txt_cased").max_tokens(), 64U);
}

TEST(Tokenizer, GivesTheSameAtAnyThreadCount) {
  const Tokenizer tokenizer = open("bert.json");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 300; ++i) texts.push_back(std::string(i * 7, 'a') + " cafe, faded");
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  set_threads(1);
  const auto alone = tokenizer.tokenize(views, {.max_tokens = 9, .offsets = true});
  for (const std::size_t threads : {2U, 7U}) {
    set_threads(threads);
    const auto together = tokenizer.tokenize(views, {.max_tokens = 9, .offsets = true});
    EXPECT_EQ(together->ids, alone->ids);
    EXPECT_EQ(together->starts, alone->starts);
    EXPECT_EQ(together->offsets, alone->offsets);
    EXPECT_EQ(together->truncated, alone->truncated);
  }
  set_threads(0);
  EXPECT_EQ(alone->sequences(), 300U);
}

TEST(Tokenizer, SaysWhatWasCut) {
  const Tokenizer tokenizer = open("bert.json");
  const std::vector<std::string_view> texts = {"a b c", "a b c d", ""};
  const auto batch = tokenizer.tokenize(texts, {.max_tokens = 5});
  EXPECT_THAT(batch->truncated, ElementsAre(0, 1, 0));
  EXPECT_THAT(batch->starts, ElementsAre(0, 5, 10, 12));
  EXPECT_EQ(batch->sequence(1).size(), 5U);
}

TEST(Tokenizer, LeavesRoomForSpecialTokens) {
  const Tokenizer tokenizer = open("bert.json");
  const std::vector<std::string_view> text = {"a b c"};
  EXPECT_THAT(tokenizer.tokenize(text, {.max_tokens = 1}).error().message,
              HasSubstr("max_tokens is 1, the special tokens alone are 2"));
  EXPECT_EQ(tokenizer.tokenize(text, {.max_tokens = 2})->ids.size(), 2U);
  EXPECT_FALSE(tokenizer.tokenize_pairs(text, text, {.max_tokens = 2}));
  EXPECT_FALSE(tokenizer.tokenize_pairs(text, {}, {}));
  EXPECT_EQ(tokenizer.tokenize({}, {})->sequences(), 0U);
}

TEST(Tokenizer, TakesAnyBytes) {
  const Tokenizer tokenizer = open("bert.json");
  // Bytes that are no UTF-8 become U+FFFD, which BERT removes; so does NUL.
  EXPECT_EQ(ids(tokenizer, "a\xff\xe4\xb8 \xc0\x80z"), ids(tokenizer, "a z"));
  EXPECT_EQ(ids(tokenizer, std::string_view("a\0b", 3)), ids(tokenizer, "ab"));
  EXPECT_TRUE(ids(tokenizer, "").empty());
}

TEST(Tokenizer, IsLinearInTheText) {
  const Tokenizer tokenizer = open("bert.json");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(ids(tokenizer, std::string(1 << 20, 'e')), ids(tokenizer, "z"));  // unknown
  EXPECT_EQ(ids(tokenizer, std::string(1 << 20, ',')).size(), 1U << 20);
  std::string marks = "a";
  for (int i = 0; i < 200'000; ++i) marks += i % 2 == 0 ? "\u302f" : "\u0323";
  ids(tokenizer, marks);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(Tokenizer, GivesATokenThatStandsTwiceItsLastLine) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.path() / "vocab.txt") << "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\na\n";
  EXPECT_THAT(ids(*Tokenizer::open(folder.path()), "a b"), ElementsAre(7, 6));
  std::ofstream(folder.path() / "vocab.txt") << "[PAD]\n[UNK]\n[CLS]\n";
  EXPECT_THAT(Tokenizer::open(folder.path()).error().message, HasSubstr("[MASK]"));
}

TEST(Tokenizer, NamesAWordWithoutToken) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "t.json";
  std::ofstream(path) << R"({"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "?"}})";
  const auto tokenizer = Tokenizer::open(path);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const std::vector<std::string_view> texts = {"a", "", "ab"};
  EXPECT_EQ(tokenizer->tokenize(texts).error().message,
            "text 2: the vocabulary has no \"ab\", and no token for what is unknown");
}

TEST(Tokenizer, NamesWhatItCannotOpen) {
  const auto nowhere = Tokenizer::open(kTokenizers / "none");
  EXPECT_THAT(nowhere.error().message, HasSubstr("none"));
  EXPECT_THAT(Tokenizer::open(kTokenizers).error().message,
              HasSubstr("has no tokenizer.json, vocab.txt or vocab.json"));
}

}  // namespace
}  // namespace kindred
