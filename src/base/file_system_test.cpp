#include "base/file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <new>
#include <thread>

#include "support/faulty_file_system.h"
#include "support/temporary_folder.h"

namespace kindred::base {
namespace {

using ::testing::ElementsAre;
using testing::FaultyFileSystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Operation;
using testing::TemporaryFolder;

/// Larger than the buffer, in pieces that don't divide it.
Result<void> fill_large(WritableFile& file) {
  for (int i = 0; i < 9; ++i)
    KINDRED_TRY(file.write(std::string(70'001, static_cast<char>('a' + i))));
  return {};
}

std::string large() {
  std::string text;
  for (int i = 0; i < 9; ++i) text += std::string(70'001, static_cast<char>('a' + i));
  return text;
}

Result<void> write_text(FileSystem& files, const std::filesystem::path& path,
                        std::string_view text) {
  return write_atomically(files, path, [&](WritableFile& file) { return file.write(text); });
}

TEST(WriteAtomically, WritesWhatItIsGiven) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_atomically(real_file_system(), folder / "a", fill_large));
  EXPECT_TRUE(folder.read("a") == large());
  ASSERT_TRUE(write_text(real_file_system(), folder / "a", "short"));
  EXPECT_EQ(folder.read("a"), "short");
  ASSERT_TRUE(write_text(real_file_system(), folder / "a", ""));
  EXPECT_EQ(folder.read("a"), "");
  EXPECT_THAT(folder.names(), ElementsAre("a"));
}

TEST(WriteAtomically, KeepsTheOldFileWhateverFails) {
  const TemporaryFolder folder;
  FaultyFileSystem files;
  ASSERT_TRUE(write_text(files, folder / "a", "old"));
  files.heal();
  ASSERT_TRUE(write_atomically(files, folder / "probe", fill_large));
  ASSERT_TRUE(std::filesystem::remove(folder / "probe"));

  for (const Operation operation :
       {Operation::create, Operation::write, Operation::sync, Operation::rename}) {
    files.heal();
    ASSERT_TRUE(write_atomically(files, folder / "probe", fill_large));
    const std::size_t count = files.count(operation);
    ASSERT_GT(count, 0U);
    std::filesystem::remove(folder / "probe");
    for (std::size_t number = 0; number < count; ++number) {
      files.fail_at(operation, number, "the disk is on fire");
      const auto written = write_atomically(files, folder / "a", fill_large);
      ASSERT_FALSE(written);
      EXPECT_EQ(written.error().code, ErrorCode::io);
      EXPECT_THAT(written.error().message, HasSubstr("the disk is on fire"));
      EXPECT_EQ(folder.read("a"), "old");
      EXPECT_THAT(folder.names(), ElementsAre("a"));
    }
  }
}

TEST(WriteAtomically, SaysWhenTheFolderCouldNotBeSynced) {
  const TemporaryFolder folder;
  FaultyFileSystem files;
  files.fail_at(Operation::sync_directory, 0);
  EXPECT_FALSE(write_text(files, folder / "a", "new"));
  EXPECT_EQ(folder.read("a"), "new");  // whole, though not known to last
}

TEST(WriteAtomically, KeepsTheOldFileWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  FaultyFileSystem files;
  ASSERT_TRUE(write_text(files, folder / "a", "old"));
  for (const std::size_t room : {std::size_t{0}, std::size_t{1}, large().size() - 1}) {
    files.heal();
    files.fill_after(room);
    const auto written = write_atomically(files, folder / "a", fill_large);
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().message, HasSubstr("No space left on device"));
    EXPECT_EQ(folder.read("a"), "old");
    EXPECT_THAT(folder.names(), ElementsAre("a"));
  }
  files.fill_after(large().size());
  EXPECT_TRUE(write_atomically(files, folder / "a", fill_large));
}

TEST(WriteAtomically, LeavesNothingWhenTheCallerFailsOrThrows) {
  const TemporaryFolder folder;
  const auto failed =
      write_atomically(real_file_system(), folder / "a", [](WritableFile& file) -> Result<void> {
        KINDRED_TRY(file.write("half"));
        return fail(ErrorCode::cancelled, "enough");
      });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::cancelled);
  EXPECT_THROW(static_cast<void>(
                   write_atomically(real_file_system(), folder / "a",
                                    [](WritableFile&) -> Result<void> { throw std::bad_alloc(); })),
               std::bad_alloc);
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(WriteAtomically, SurvivesAPowerCut) {
  const TemporaryFolder folder;
  FaultyFileSystem files;
  ASSERT_TRUE(write_text(files, folder / "a", "old"));
  ASSERT_TRUE(write_text(files, folder / "a", "new"));
  files.lose_power();
  EXPECT_EQ(folder.read("a"), "new");
  files.fail_at(Operation::sync_directory, 0);
  EXPECT_FALSE(write_text(files, folder / "a", "newer"));
  files.lose_power();
  EXPECT_EQ(folder.read("a"), "new");
}

TEST(FaultyFileSystem, ForgetsWhatWasNotSynced) {
  const TemporaryFolder folder;
  FaultyFileSystem files;
  {
    auto file = files.create(folder / "a");
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write("kept,"));
    ASSERT_TRUE((*file)->sync());
    ASSERT_TRUE((*file)->write("lost"));
  }
  ASSERT_TRUE(files.sync_directory(folder.path()));
  files.lose_power();
  EXPECT_EQ(folder.read("a"), "kept,");
  {
    auto file = files.create(folder / "b");
    ASSERT_TRUE((*file)->sync());
  }
  ASSERT_TRUE(files.remove(folder / "a"));
  files.lose_power();  // neither the new name nor the removal was synced
  EXPECT_THAT(folder.names(), ElementsAre("a"));
  EXPECT_EQ(folder.read("a"), "kept,");
}

TEST(WriteAtomically, FollowsALinkAndKeepsIt) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "real");
  folder.write("real/a", "old");
  std::filesystem::create_symlink("real/a", folder / "link");
  ASSERT_TRUE(write_text(real_file_system(), folder / "link", "new"));
  EXPECT_EQ(folder.read("real/a"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
}

TEST(WriteAtomically, ReplacesNothingButFiles) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(write_text(real_file_system(), folder / "pipe", "x").error().message,
              HasSubstr("is not a regular file"));
  EXPECT_THAT(write_text(real_file_system(), folder.path(), "x").error().message,
              HasSubstr("is a folder"));
  EXPECT_THAT(write_text(real_file_system(), folder / "missing/a", "x").error().message,
              HasSubstr("cannot create: No such file or directory"));
  EXPECT_THAT(folder.names(), ElementsAre("pipe"));
}

TEST(WriteAtomically, LetsOneOfManyWritersWin) {
  const TemporaryFolder folder;
  {
    std::vector<std::jthread> writers;
    for (char letter = 'a'; letter < 'e'; ++letter)
      writers.emplace_back([&folder, letter] {
        for (int round = 0; round < 20; ++round)
          EXPECT_TRUE(write_text(real_file_system(), folder / "a", std::string(1000, letter)));
      });
  }
  EXPECT_THAT(folder.names(), ElementsAre("a"));
  EXPECT_EQ(folder.read("a"), std::string(1000, folder.read("a").front()));
}

TEST(RealFile, WritesZerosWhereverItIs) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  const std::string expected = "a" + std::string(100'000, '\0') + "b" + std::string(5, '\0');
  const auto fill = [](WritableFile& file) -> Result<void> {
    KINDRED_TRY(file.write("a"));
    KINDRED_TRY(file.write_zeros(100'000));
    KINDRED_TRY(file.write("b"));
    return file.write_zeros(5);
  };
  ASSERT_TRUE(write_atomically(real_file_system(), path, fill));
  EXPECT_TRUE(*read_file(path) == expected);
  // What only knows how to write does the same.
  testing::FaultyFileSystem files;
  ASSERT_TRUE(write_atomically(files, path, fill));
  EXPECT_TRUE(*read_file(path) == expected);
  {
    const auto file = real_file_system().append(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_zeros(3));
    ASSERT_TRUE((*file)->write("c"));
    ASSERT_TRUE((*file)->sync());
  }
  EXPECT_TRUE(*read_file(path) == expected + std::string(3, '\0') + "c");
}

TEST(RealFile, TellsOfAFullDiskAndThenOnlyFails) {
  auto file = real_file_system().create("/dev/full");
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write("buffered"));
  EXPECT_EQ((*file)->sync().error().message, "/dev/full: cannot write: No space left on device");
  EXPECT_FALSE((*file)->write("more"));
  EXPECT_FALSE((*file)->sync());
}

TEST(RealFileSystem, CreatesFoldersAndThoseAboveThem) {
  const TemporaryFolder folder;
  FileSystem& files = real_file_system();
  EXPECT_TRUE(files.create_directories(folder / "a/b/c"));
  EXPECT_TRUE(files.create_directories(folder / "a/b/c"));
  EXPECT_TRUE(files.create_directories(folder / "d/e/"));
  EXPECT_TRUE(files.create_directories(folder / "d/../f/."));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "d/e"));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "f"));
  EXPECT_TRUE(files.create_directories("."));
  folder.write("file", "");
  EXPECT_THAT(files.create_directories(folder / "file").error().message,
              HasSubstr("file: cannot create the folder: Not a directory"));
  EXPECT_FALSE(files.create_directories(folder / "file/x"));
}

TEST(RealFileSystem, SaysWhatItCannotDo) {
  const TemporaryFolder folder;
  FileSystem& files = real_file_system();
  EXPECT_EQ(files.remove(folder / "missing").error().code, ErrorCode::not_found);
  EXPECT_EQ(files.rename(folder / "missing", folder / "a").error().code, ErrorCode::not_found);
  EXPECT_EQ(files.sync_directory(folder / "missing").error().code, ErrorCode::not_found);
  EXPECT_EQ(files.create(folder.path()).error().code, ErrorCode::io);
}

TEST(ReadFile, ReadsFilesOfEverySize) {
  const TemporaryFolder folder;
  for (const std::size_t size : {0, 1, 4095, 4096, 4097, 1'000'000}) {
    const std::string bytes(size, 'x');
    const auto text = read_file(folder.write("a", bytes), size);
    ASSERT_TRUE(text);
    EXPECT_TRUE(*text == bytes);
    if (size > 0) {
      EXPECT_THAT(read_file(folder / "a", size - 1).error().message, HasSubstr("is larger than"));
    }
  }
}

TEST(ReadFile, ReadsWhatHasNoSize) {
  const TemporaryFolder folder;
  EXPECT_FALSE(read_file("/proc/self/status")->empty());
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const std::string bytes(100'000, 'x');
  std::jthread writer([&] { folder.write("pipe", bytes); });
  EXPECT_TRUE(*read_file(folder / "pipe") == bytes);
  EXPECT_THAT(read_file("/dev/zero", 100'000).error().message,
              HasSubstr("/dev/zero: is larger than 100000 bytes"));
}

TEST(ReadFile, SaysWhatItCannotRead) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_file(folder / "missing").error().code, ErrorCode::not_found);
  EXPECT_THAT(read_file(folder.path()).error().message, HasSubstr("cannot read: Is a directory"));
}

}  // namespace
}  // namespace kindred::base
