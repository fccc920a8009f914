#include "base/mapped_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string_view>
#include <utility>

#include "support/temporary_folder.h"

namespace kindred::base {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

TEST(MappedFile, HasTheBytesOfTheFile) {
  const TemporaryFolder folder;
  const std::string large(100'000, 'x');
  for (const std::string_view bytes :
       {std::string_view("a"), std::string_view("\0b", 2), std::string_view(large)}) {
    const auto file = MappedFile::open(folder.write("a", bytes));
    ASSERT_TRUE(file);
    EXPECT_TRUE(text_of(*file) == bytes);
  }
}

TEST(MappedFile, HasTheSameBytesHoweverTheyWillBeRead) {
  const TemporaryFolder folder;
  std::string bytes(100'000, 'x');
  bytes.back() = 'y';
  const auto file = MappedFile::open(folder.write("a", bytes));
  ASSERT_TRUE(file);
  for (const auto& [begin, size] : {std::pair<std::size_t, std::size_t>{0, 100'000},
                                    {5'000, 50'000},
                                    {99'990, 10},
                                    {100'000, 0}})
    file->expect_scattered_reads(file->bytes().subspan(begin, size));
  EXPECT_TRUE(text_of(*file) == bytes);
}

TEST(MappedFile, MapsAnEmptyFileToNothing) {
  const TemporaryFolder folder;
  const auto file = MappedFile::open(folder.write("a", ""));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->bytes().empty());
}

TEST(MappedFile, SaysWhatItCannotMap) {
  const TemporaryFolder folder;
  const auto missing = MappedFile::open(folder / "missing");
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().message,
              HasSubstr("missing: cannot open: No such file or directory"));
  EXPECT_THAT(MappedFile::open(folder.path()).error().message, HasSubstr("is a folder"));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(MappedFile::open(folder / "pipe").error().message,
              HasSubstr("is not a regular file"));
  EXPECT_FALSE(MappedFile::open(folder.write("a", "a") / "b"));
}

TEST(MappedFile, OutlivesItsNameAndItsVariable) {
  const TemporaryFolder folder;
  auto file = MappedFile::open(folder.write("a", "bytes"));
  ASSERT_TRUE(std::filesystem::remove(folder / "a"));
  MappedFile moved = std::move(*file);
  EXPECT_EQ(text_of(moved), "bytes");
  EXPECT_TRUE(file->bytes().empty());

  auto other = MappedFile::open(folder.write("b", "others"));
  moved = std::move(*other);
  EXPECT_EQ(text_of(moved), "others");
  MappedFile& itself = moved;
  moved = std::move(itself);
  EXPECT_EQ(text_of(moved), "others");
}

}  // namespace
}  // namespace kindred::base
