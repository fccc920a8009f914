#include "text/models/bpe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "text/readers/tokenizer_json.h"

namespace kindred::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Tokens 0 and 1 are "a" and "b"; then what the merges make, in their order.
Bpe model_of(const std::vector<std::pair<std::string, std::string>>& merges) {
  Vocabulary vocabulary;
  EXPECT_TRUE(vocabulary.append("a", ""));
  EXPECT_TRUE(vocabulary.append("b", ""));
  Merges table(merges.size());
  std::uint32_t rank = 0;
  for (const auto& [first, second] : merges) {
    if (!vocabulary.id(first + second)) {
      EXPECT_TRUE(vocabulary.append(first + second, ""));
    }
    table.add(*vocabulary.id(first), *vocabulary.id(second),
              {rank++, *vocabulary.id(first + second)});
  }
  return Bpe(vocabulary, std::move(table), {});
}

std::vector<Token> cut(const Bpe& model, std::string_view word) {
  SplitText text;
  text.normalized.assign(word, 0, /*keep_origins=*/false);
  text.words = {{0, static_cast<std::uint32_t>(word.size())}};
  std::vector<Token> tokens;
  const auto scratch = model.make_scratch();
  model.cut(text, static_cast<std::size_t>(-1), scratch.get(), tokens);
  return tokens;
}

TEST(Bpe, MergesTheEarliestThenTheLeftmost) {
  const Bpe model = model_of({{"a", "a"}, {"a", "b"}, {"aa", "b"}});
  EXPECT_THAT(cut(model, "aab"), ElementsAre(Token{4, 0, 3}));
  EXPECT_THAT(cut(model, "aaab"), ElementsAre(Token{2, 0, 2}, Token{3, 2, 4}));
  EXPECT_THAT(cut(model, "ba"), ElementsAre(Token{1, 0, 1}, Token{0, 1, 2}));
}

/// The definition: all pairs are looked at, the earliest and leftmost is merged.
std::vector<std::string> by_definition(
    const std::vector<std::pair<std::string, std::string>>& merges, std::string_view word) {
  std::vector<std::string> symbols;
  for (const char letter : word) symbols.emplace_back(1, letter);
  for (;;) {
    std::size_t best_rank = merges.size();
    std::size_t best = 0;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i)
      for (std::size_t rank = 0; rank < best_rank; ++rank)
        if (merges[rank] == std::pair(symbols[i], symbols[i + 1])) {
          best_rank = rank;
          best = i;
        }
    if (best_rank == merges.size()) return symbols;
    symbols[best] += symbols[best + 1];
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

TEST(Bpe, AgreesWithItsDefinitionOnShortAndLongWords) {
  base::Random random(1);
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> tokens = {"a", "b"};
    std::vector<std::pair<std::string, std::string>> merges;
    for (std::size_t i = 0; i < 12; ++i) {
      std::pair pair(tokens[random.below(tokens.size())], tokens[random.below(tokens.size())]);
      if (std::ranges::find(merges, pair) != merges.end()) continue;
      const std::string joined = pair.first + pair.second;
      if (std::ranges::find(tokens, joined) == tokens.end()) tokens.push_back(joined);
      merges.push_back(std::move(pair));
    }
    const Bpe model = model_of(merges);
    for (const std::size_t size : {1U, 2U, 7U, 23U, 24U, 25U, 26U, 80U}) {
      std::string word;
      while (word.size() < size) word += random.below(3) == 0 ? 'b' : 'a';
      std::vector<std::string> found;
      for (const Token& token : cut(model, word))
        found.push_back(word.substr(token.begin, token.end - token.begin));
      EXPECT_EQ(found, by_definition(merges, word)) << word;
    }
  }
}

TEST(Bpe, CutsAMegabyteOfOneLetter) {
  std::vector<std::pair<std::string, std::string>> merges;
  for (std::string token = "a"; token.size() < 4096; token += token)
    merges.emplace_back(token, token);
  EXPECT_EQ(cut(model_of(merges), std::string(1 << 20, 'a')).size(), (1U << 20) / 4096);
}

TEST(Bpe, RefusesWhatItCannotMerge) {
  const auto problem = [](std::string_view model) {
    const auto made = parse_tokenizer_json(
        "{\"model\": {\"type\": \"BPE\", " + std::string(model) + "}}", "t.json");
    return made ? "" : made.error().message;
  };
  EXPECT_EQ(problem(R"("vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"])"), "");
  EXPECT_EQ(problem(R"("vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]])"), "");
  EXPECT_EQ(problem(R"("vocab": {"a": 0, "b": 1}, "merges": ["a b"])"),
            "t.json: model: merge 0 is of \"a\" and \"b\": the vocabulary has no \"ab\"");
  EXPECT_THAT(problem(R"("vocab": {"a": 0}, "merges": ["a"])"),
              HasSubstr("\"merges\" is missing or wrong"));
  EXPECT_THAT(problem(R"("vocab": {"a": 0}, "merges": [["a", "b", "c"]])"),
              HasSubstr("\"merges\" is missing or wrong"));
  EXPECT_THAT(problem(R"("vocab": {"a": 0}, "merges": [], "dropout": 0.1)"),
              HasSubstr("a dropout of 0.1"));
  EXPECT_THAT(problem(R"("vocab": {"a": 0}, "merges": [], "unk_token": "<unk>")"),
              HasSubstr("no unknown token \"<unk>\""));
  EXPECT_EQ(problem(R"("vocab": {"a": 0}, "merges": [], "dropout": null, "unk_token": null)"), "");
}

}  // namespace
}  // namespace kindred::text
