#include "text/readers/tiktoken.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/file_system.h"
#include "kindred/tokenizer.h"

namespace kindred::text {
namespace {

using nlohmann::json;

const std::filesystem::path kFolder = KINDRED_FIXTURES "/tiktoken";

TEST(Tiktoken, AgreesWithTheReference) {
  std::ifstream file(kFolder / "cases.json");
  const json cases = json::parse(file);
  ASSERT_GE(cases.size(), 90U);
  std::map<std::string, Tokenizer> tokenizers;
  for (const json& row : cases) {
    const std::string name = row["tokenizer"];
    if (!tokenizers.contains(name)) {
      auto opened = Tokenizer::open(kFolder / name);
      ASSERT_TRUE(opened) << opened.error().message;
      tokenizers.emplace(name, std::move(*opened));
    }
    const Tokenizer& tokenizer = tokenizers.at(name);
    const std::string text = row["text"];
    const std::string_view view = text;
    const auto batch = tokenizer.tokenize({&view, 1}, {});
    ASSERT_TRUE(batch) << row;
    EXPECT_EQ(json(batch->ids), row["ids"]) << row;
    EXPECT_EQ(tokenizer.decode(batch->ids, /*skip_special_tokens=*/false).value(), row["decoded"])
        << row;
  }
}

TEST(Tiktoken, NamesWhatIsWrong) {
  const std::string good = base::read_file(kFolder / "r50k_base.tiktoken").value();
  const auto problem = [&](const std::string& content, const char* name = "r50k_base.tiktoken") {
    const auto parsed = parse_tiktoken(content, name);
    return parsed ? "" : parsed.error().message;
  };
  EXPECT_EQ(problem(good), "");
  EXPECT_EQ(problem(good + "\n\n"), "");
  EXPECT_EQ(problem(good, "qwen.tiktoken"),
            "qwen.tiktoken: is none of the encodings that Kindred has: r50k_base, p50k_base, "
            "p50k_edit, cl100k_base, o200k_base");
  for (const char* wrong :
       {"YWI=", "YWI= ", " 900", "YWI= 9x", "YW 900", "YWI= -1", "YWI= 900 ", "= 900"})
    EXPECT_EQ(problem(wrong + std::string("\n") + good),
              "r50k_base.tiktoken: line 1: is not a token of at most 1024 bytes in Base64, a "
              "blank, and its rank")
        << wrong;
  EXPECT_NE(problem(good + "YWI= 99999999999\n"), "");
  EXPECT_NE(problem(good + "YWI= 16777216\n"), "");
  EXPECT_NE(problem(good + "IQ== 900\n"), "");    // twice
  EXPECT_NE(problem(good + "enp6 0\n"), "");      // a rank that is taken
  EXPECT_NE(problem(good + "enp6 50256\n"), "");  // that of <|endoftext|>
  EXPECT_EQ(problem("IQ== 0\n"), "r50k_base.tiktoken: has no token for the byte 0x00");
  EXPECT_NE(problem(""), "");
  std::string large;
  for (int i = 0; i < 400; ++i) large += "YWFh";
  EXPECT_NE(problem(good + large + " 900\n"), "");
}

}  // namespace
}  // namespace kindred::text
