#include "base/sections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace kindred::base {
namespace {

using ::testing::HasSubstr;

constexpr SectionsKind kKind{.content = "test", .version = 3};
constexpr std::size_t kBlock = 64;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

class SectionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::vector<SectionBytes> sections = {
        {"first", {bytes_of(first_)}}, {"nothing", {}}, {"second", {bytes_of(second_)}}};
    auto file = real_file_system().create(path_);
    ASSERT_TRUE(file.has_value());
    ASSERT_TRUE(write_sections(**file, kKind, sections, kBlock).has_value());
    ASSERT_TRUE((*file)->sync().has_value());
    std::ifstream stream(path_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
  }

  Result<Sections> open(std::string_view bytes, SectionsKind kind = kKind) {
    const auto path = folder_.write("copy", bytes);
    return Sections::open(*MappedFile::open(path), path, kind);
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "file";
  std::string first_ = std::string(3 * kBlock, 'a') + "end";
  std::string second_ = "something short";
  std::string bytes_;
};

TEST_F(SectionsTest, HoldsWhatWasWritten) {
  const auto sections = open(bytes_);
  ASSERT_TRUE(sections.has_value()) << sections.error().message;
  for (const auto& [name, text] :
       {std::pair("first", first_), {"nothing", ""}, {"second", second_}}) {
    const auto found = sections->find(name);
    ASSERT_TRUE(found.has_value());
    const auto bytes = sections->bytes(*found);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), text);
    EXPECT_TRUE(sections->verify(*found, 0, bytes.size()).has_value());
  }
  EXPECT_TRUE(sections->verify_all().has_value());
  EXPECT_THAT(sections->find("third").error().message, HasSubstr("has no section \"third\""));
}

TEST_F(SectionsTest, WritesTheSameBytesHoweverASectionIsCutIntoPieces) {
  for (const std::size_t size : {std::size_t{1}, kBlock - 1, kBlock, kBlock + 1, 2 * kBlock}) {
    SectionBytes first{.name = "first", .pieces = {}};
    for (std::size_t at = 0; at < first_.size(); at += size) {
      first.pieces.push_back(bytes_of(std::string_view(first_).substr(at, size)));
      first.pieces.emplace_back();
    }
    auto file = real_file_system().create(folder_ / "pieces");
    ASSERT_TRUE(file.has_value());
    const std::vector<SectionBytes> sections = {
        first, {"nothing", {}}, {"second", {bytes_of(second_)}}};
    ASSERT_TRUE(write_sections(**file, kKind, sections, kBlock).has_value());
    ASSERT_TRUE((*file)->sync().has_value());
    std::ifstream stream(folder_ / "pieces", std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), bytes_) << size;
  }
}

TEST_F(SectionsTest, RefusesEveryPrefixAndAnyLongerFile) {
  for (std::size_t size = 0; size < bytes_.size(); ++size)
    EXPECT_FALSE(open(bytes_.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(open(bytes_ + '\0').has_value());
}

TEST_F(SectionsTest, FindsEveryFlippedBitThatIsNotBetweenSections) {
  std::vector<bool> matters(bytes_.size(), false);
  const std::size_t head = 64 + 3 * 32 + 5 * 8;
  for (std::size_t i = 0; i < head; ++i) matters[i] = true;
  for (const std::size_t i : {bytes_.find("aaa"), bytes_.find("something")})
    for (std::size_t j = i; j < i + (i == bytes_.find("aaa") ? first_ : second_).size(); ++j)
      matters[j] = true;
  for (std::size_t bit = 0; bit < bytes_.size() * 8; ++bit) {
    std::string damaged = bytes_;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const auto sections = open(damaged);
    EXPECT_EQ(sections.has_value() && sections->verify_all().has_value(), !matters[bit / 8])
        << "byte " << bit / 8;
  }
}

TEST_F(SectionsTest, FindsDamageWhereItIsTouchedAndNamesTheBlock) {
  std::string damaged = bytes_;
  damaged[damaged.find("aaa") + 2 * kBlock] = 'b';
  const auto sections = open(damaged);
  ASSERT_TRUE(sections.has_value());
  const std::size_t first = *sections->find("first");
  EXPECT_TRUE(sections->verify(first, 0, 2 * kBlock).has_value());
  EXPECT_TRUE(sections->verify(first, 3 * kBlock, 3).has_value());
  for (int again = 0; again < 2; ++again) {
    const auto touched = sections->verify(first, 2 * kBlock - 1, 2);
    ASSERT_FALSE(touched.has_value());
    EXPECT_EQ(touched.error().code, ErrorCode::corrupt);
    EXPECT_THAT(touched.error().message, HasSubstr("copy: block 2 of section \"first\""));
  }
}

TEST_F(SectionsTest, TellsOtherContentsAndVersionsFromDamage) {
  const auto content = open(bytes_, {.content = "other", .version = 3});
  EXPECT_EQ(content.error().code, ErrorCode::unsupported);
  EXPECT_THAT(content.error().message, HasSubstr("holds \"test\", not \"other\""));
  const auto version = open(bytes_, {.content = "test", .version = 2});
  EXPECT_EQ(version.error().code, ErrorCode::unsupported);
  EXPECT_THAT(version.error().message, HasSubstr("has version 3 of the format \"test\""));
  EXPECT_THAT(open(std::string(100, 'x')).error().message, HasSubstr("is not a file of Kindred's"));
}

}  // namespace
}  // namespace kindred::base
