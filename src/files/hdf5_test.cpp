#include "files/hdf5.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <string>

#include "base/file_system.h"
#include "support/temporary_folder.h"

namespace kindred::files {
namespace {

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "hdf5";

std::vector<float> values_of(const Hdf5& file, std::string_view name) {
  const StoredTensor* tensor = file.find(name);
  if (tensor == nullptr) return {};
  std::vector<float> values(tensor->size());
  EXPECT_TRUE(copy_as_f32(*tensor, values));
  return values;
}

TEST(Hdf5Test, ReadsArraysOfFloatsByTheirPaths) {
  const auto file = Hdf5::open(kFixtures / "plain.hdf5");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(std::ranges::is_sorted(file->tensors(), {}, &StoredTensor::name));
  for (const char* name : {"group/inner/floats", "halves", "doubles", "big_endian", "packed"}) {
    ASSERT_NE(file->find(name), nullptr) << name;
    EXPECT_EQ(file->find(name)->shape, (std::vector<std::size_t>{2, 3})) << name;
    EXPECT_EQ(values_of(*file, name), (std::vector<float>{0, 1, 2, 3, 4, 5})) << name;
  }
  EXPECT_EQ(values_of(*file, "one"), std::vector<float>{7});
  std::vector<float> counted(35);
  std::iota(counted.begin(), counted.end(), 0.0F);
  EXPECT_EQ(values_of(*file, "chunked"), counted);
  EXPECT_EQ(file->find("nothing")->shape, (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(file->find("numbers"), nullptr);
  EXPECT_EQ(file->contents().size(), 1);
}

TEST(Hdf5Test, RefusesWhatLeadsElsewhere) {
  const auto error = [](const char* name) {
    const auto file = Hdf5::open(kFixtures / name);
    return file ? "" : file.error().message.substr(kFixtures.string().size() + 1);
  };
  EXPECT_EQ(error("soft_link.hdf5"), "soft_link.hdf5: \"link\" is a link to another place");
  EXPECT_EQ(error("external_link.hdf5"),
            "external_link.hdf5: has a group of the newer kind, which Kindred doesn't read");
  EXPECT_EQ(error("external_storage.hdf5"),
            "external_storage.hdf5: \"kept\" has values that are kept in another file");
  EXPECT_EQ(error("virtual.hdf5"),
            "virtual.hdf5: \"virtual\" has a layout of version 4, which Kindred doesn't read");
  EXPECT_EQ(error("huge.hdf5"), "huge.hdf5: \"huge\" promises more values than the file holds");
  EXPECT_EQ(error("lzf.hdf5"),
            "lzf.hdf5: \"lzf\" has filter 32000 (there are: deflate, shuffle), which Kindred "
            "doesn't read");
  EXPECT_EQ(error("checksums.hdf5"),
            "checksums.hdf5: \"sums\" has filter 3 (there are: deflate, shuffle), which Kindred "
            "doesn't read");
  EXPECT_EQ(error("newest.hdf5"),
            "newest.hdf5: has a superblock of version 3, which Kindred doesn't read");
  EXPECT_EQ(error("circle.hdf5"), "circle.hdf5: has groups more than 32 deep");
}

TEST(Hdf5Test, AFileThatIsCutOffIsAnError) {
  const testing::TemporaryFolder folder;
  const std::string whole = *base::read_file(kFixtures / "plain.hdf5");
  const auto path = folder / "cut.hdf5";
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, size);
    const auto file = Hdf5::open(path);
    ASSERT_FALSE(file) << size;
    EXPECT_EQ(file.error().message.find(path.string()), 0);
  }
  EXPECT_EQ(Hdf5::open(folder / "none.hdf5").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace kindred::files
