#include "text/readers/sentencepiece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/tokenizer.h"
#include "support/temporary_folder.h"

namespace kindred::text {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kFolder =
    std::filesystem::path(KINDRED_FIXTURES) / "tokenizers" / "unigram";

std::string field(int number, std::string_view bytes) {
  std::string message(1, static_cast<char>(number << 3 | 2));
  message.push_back(static_cast<char>(bytes.size()));
  return message.append(bytes);
}

std::string piece(std::string_view text, int kind = 1) {
  std::string message = field(1, text);
  message += '\x18';
  message += static_cast<char>(kind);
  return field(1, message);
}

std::string message_of(const std::string& bytes) {
  const auto parsed = parse_sentencepiece(bytes, "m.model");
  return parsed ? "" : parsed.error().message;
}

TEST(SentencePiece, NamesWhatIsWrong) {
  EXPECT_THAT(message_of(""), HasSubstr("m.model: has no pieces"));
  EXPECT_THAT(message_of("\x0b"), HasSubstr("m.model: field 1 has the kind 3"));
  EXPECT_THAT(message_of(piece("a")), HasSubstr("m.model: no piece is the unknown one"));
  EXPECT_THAT(message_of(piece("u", 2) + piece("v", 2)), HasSubstr("pieces 0 and 1 are both"));
  EXPECT_THAT(message_of(piece("u", 2) + piece("a") + piece("a")),
              HasSubstr("token \"a\" has the ids 1 and 2"));
  EXPECT_THAT(message_of(piece("u", 2) + piece("")), HasSubstr("m.model: piece 1: is empty"));
  EXPECT_THAT(message_of(piece("\xff")), HasSubstr("piece 0: is not UTF-8"));
  EXPECT_THAT(message_of(piece("a", 9)), HasSubstr("has the kind 9"));
  EXPECT_THAT(message_of(field(1, field(1, "a") + std::string("\x15\x00\x00\xc0\x7f", 5))),
              HasSubstr("its score is no finite number"));
  EXPECT_THAT(message_of(piece("u", 2) + field(2, "\x18\x05")), HasSubstr("has the kind 5"));
  EXPECT_THAT(message_of(piece("u", 2) + field(2, "\x98\x02\x01")),
              HasSubstr("no byte piece \"<0x00>\""));
  EXPECT_THAT(message_of(piece("u", 2) + field(3, field(2, "\x10"))),
              HasSubstr("normalizer_spec: the compiled rules have 1 bytes"));
  EXPECT_THAT(message_of(piece("u", 2) + field(5, field(2, "\x10"))),
              HasSubstr("m.model: denormalizer_spec: the compiled rules have 1 bytes"));
  EXPECT_THAT(message_of(piece("u", 2) + field(2, "\xe2\x02\x01\xff")),
              HasSubstr("trainer_spec: what shows the unknown piece is not UTF-8"));
  EXPECT_EQ(message_of(piece("u", 2) + piece("a")), "");
}

TEST(SentencePiece, AsksForNoMoreThanTheFileHas) {
  // Messages that say that they are longer than all memory, or than what is left of the file.
  EXPECT_THAT(message_of("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
              HasSubstr("m.model: a field needs"));
  EXPECT_THAT(message_of(piece("u", 2) + "\x0a\x7f" + "a"),
              HasSubstr("m.model: a field needs 127 bytes, 1 are left"));
  EXPECT_THAT(message_of(piece("u", 2) + field(1,
                                               "\x0a\x09"
                                               "a")),
              HasSubstr("piece 1: a field needs 9 bytes, 1 are left"));
  EXPECT_THAT(message_of(piece("u", 2) + field(3, "\x12\xff\xff\xff\x7f")),
              HasSubstr("normalizer_spec: a field needs"));
  // A message inside of itself is the bytes of an unknown field, and is not looked into.
  std::string deep;
  for (int i = 0; i < 40; ++i) deep = field(9, deep);
  EXPECT_EQ(message_of(piece("u", 2) + deep), "");
  // A piece that stands for NUL or for what the model never gives is a piece like others.
  EXPECT_EQ(message_of(piece("u", 2) + piece(std::string_view("\0", 1)) + piece("<0xZZ>", 6)), "");
}

TEST(SentencePiece, IsFoundInAFolder) {
  const kindred::testing::TemporaryFolder folder;
  for (const char* name : {"spiece.model", "sentencepiece.bpe.model", "tokenizer.model"}) {
    std::filesystem::copy_file(kFolder / "unigram.model", folder.path() / name);
    EXPECT_TRUE(Tokenizer::open(folder.path())) << name;
    std::filesystem::remove(folder.path() / name);
  }
  EXPECT_FALSE(Tokenizer::open(folder.path()));
}

TEST(SentencePiece, DecodesAnyIds) {
  using nlohmann::json;
  std::ifstream file(kFolder / "decoded.json");
  const json rows = json::parse(file);
  ASSERT_GT(rows.size(), 200U);
  std::map<std::string, Tokenizer> tokenizers;
  for (const json& row : rows) {
    const std::string name = row["tokenizer"];
    if (!tokenizers.contains(name))
      tokenizers.emplace(name, std::move(Tokenizer::open(kFolder / name)).value());
    const std::vector<std::uint32_t> ids = row["ids"];
    EXPECT_EQ(tokenizers.at(name).decode(ids).value(), row["decoded"]) << row;
  }
}

TEST(SentencePiece, TakesNoByteOfADamagedFileForGranted) {
  const std::string whole = base::read_file(kFolder / "bpe_user.model").value();
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    parse_sentencepiece(damaged, "damaged");
    parse_sentencepiece(whole.substr(0, i), "cut");
  }
}

}  // namespace
}  // namespace kindred::text
