#include "index/flat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.h"
#include "support/faulty_file_system.h"
#include "support/temporary_folder.h"

namespace kindred::index {
namespace {

using testing::FaultyFileSystem;
using testing::Operation;

struct Rows {
  Matrix matrix;
  std::vector<std::uint64_t> ids;
};

Rows rows_of(std::size_t rows, std::size_t dimensions, std::uint64_t seed) {
  base::Random random(seed);
  Matrix matrix(rows, dimensions);
  for (float& value : matrix.values()) value = random.normal();
  std::vector<std::uint64_t> ids(rows);
  std::iota(ids.begin(), ids.end(), std::uint64_t{0});
  return {std::move(matrix), std::move(ids)};
}

std::unique_ptr<Flat> flat_of(const Rows& rows) {
  return std::move(
      *Flat::build({.rows = rows.matrix, .lengths = {}, .ids = rows.ids}, {.metric = Metric::dot}));
}

std::unique_ptr<Flat> flat_of(std::size_t rows, std::size_t dimensions, std::uint64_t seed) {
  return flat_of(rows_of(rows, dimensions, seed));
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class FlatFileTest : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "x.index";
};

TEST_F(FlatFileTest, AFailureWhileSavingLeavesTheOldFile) {
  ASSERT_TRUE(flat_of(5, 3, 1)->save(base::real_file_system(), path_).has_value());
  const std::string before = bytes_of(path_);
  const auto next = flat_of(50, 3, 2);
  FaultyFileSystem files;
  for (const Operation operation :
       {Operation::create, Operation::write, Operation::sync, Operation::rename}) {
    files.heal();
    ASSERT_TRUE(next->save(files, folder_ / "other").has_value());
    const std::size_t count = files.count(operation);
    ASSERT_GT(count, 0);
    for (std::size_t n = 0; n < count; ++n) {
      files.fail_at(operation, n);
      EXPECT_FALSE(next->save(files, path_).has_value());
      EXPECT_EQ(bytes_of(path_), before);
    }
  }
  files.heal();
  files.fill_after(before.size());
  const auto full = next->save(files, path_);
  ASSERT_FALSE(full.has_value());
  EXPECT_THAT(full.error().message, ::testing::HasSubstr("No space left on device"));
  EXPECT_EQ(bytes_of(path_), before);
}

TEST_F(FlatFileTest, APowerCutAfterSavingKeepsTheNewFile) {
  FaultyFileSystem files;
  ASSERT_TRUE(flat_of(5, 3, 1)->save(files, path_).has_value());
  const std::string saved = bytes_of(path_);
  files.lose_power();
  EXPECT_EQ(bytes_of(path_), saved);
}

TEST_F(FlatFileTest, EveryPrefixIsRefusedAndNoFlippedBitChangesAnAnswer) {
  const Rows rows = rows_of(4, 3, 3);
  const auto flat = flat_of(rows);
  ASSERT_TRUE(flat->save(base::real_file_system(), path_).has_value());
  const std::string whole = bytes_of(path_);
  const MatrixView query = rows.matrix.view().slice(1, 1);
  const auto expected = *flat->search(query, {.k = 4});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    folder_.write("cut", whole.substr(0, size));
    EXPECT_FALSE(File::open(base::real_file_system(), folder_ / "cut").has_value());
  }
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    folder_.write("damaged", damaged);
    for (const OpenMode mode : {OpenMode::map, OpenMode::load}) {
      auto file = File::open(base::real_file_system(), folder_ / "damaged");
      if (!file.has_value()) continue;
      const auto opened = Flat::open(std::move(*file), mode);
      if (!opened.has_value()) continue;
      const auto found = (*opened)->search(query, {.k = 4});
      if (found.has_value()) {
        EXPECT_EQ(*found, expected) << "bit " << bit;
      }
    }
  }
}

TEST_F(FlatFileTest, ASearchNamesTheDamagedBlockThatItMeets) {
  const Rows rows = rows_of(40'000, 4, 4);
  ASSERT_TRUE(flat_of(rows)->save(base::real_file_system(), path_).has_value());
  std::string bytes = bytes_of(path_);
  bytes[bytes.size() / 2] ^= 1;
  folder_.write("x.index", bytes);
  auto file = File::open(base::real_file_system(), path_);
  ASSERT_TRUE(file.has_value());
  const auto opened = Flat::open(std::move(*file), OpenMode::map);
  const auto found = (*opened)->search(rows.matrix.view().slice(0, 1), {.k = 3});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::corrupt);
  EXPECT_THAT(found.error().message, ::testing::HasSubstr("x.index: block 1 of section \"rows\""));
  // Damage is not given new checksums either.
  EXPECT_FALSE((*opened)->save(base::real_file_system(), folder_ / "copy").has_value());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy"));
}

}  // namespace
}  // namespace kindred::index
