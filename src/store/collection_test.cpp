#include "kindred/collection.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <thread>

#include "support/store_fixture.h"

namespace kindred::store {
namespace {

class CollectionTest : public StoreTest {
 protected:
  Collection open(CollectionMode mode = CollectionMode::write) {
    auto collection = Collection::open(folder_ / "news", mode, model());
    EXPECT_TRUE(collection.has_value()) << collection.error().message;
    return std::move(*collection);
  }
  static void add(Collection& collection, std::uint64_t begin, std::uint64_t end,
                  std::uint64_t version = 0) {
    const auto added = collection.add(documents(begin, end, version), vectors(begin, end, version));
    ASSERT_TRUE(added.has_value()) << added.error().message;
  }
  static std::vector<std::string> ids(const Collection& collection, std::span<const float> query,
                                      std::size_t k) {
    const auto found = collection.search(query, k);
    EXPECT_TRUE(found.has_value()) << found.error().message;
    std::vector<std::string> all;
    for (const auto& hit : *found) all.push_back(hit.document.id);
    return all;
  }
  std::vector<std::filesystem::path> cache_files() const {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::exists(folder_ / "news" / "cache"))
      for (const auto& entry : std::filesystem::directory_iterator(folder_ / "news" / "cache"))
        files.push_back(entry.path());
    return files;
  }
  /// Every document finds itself first: what a stale, mixed up or missing row would break.
  static void expect_each_finds_itself(const Collection& collection, std::uint64_t begin,
                                       std::uint64_t end, std::uint64_t version = 0) {
    const Matrix rows = vectors(begin, end, version);
    for (auto i = begin; i < end; ++i) {
      const auto found = collection.search(rows.row(i - begin), 3);
      ASSERT_TRUE(found.has_value()) << found.error().message;
      ASSERT_FALSE(found->empty());
      EXPECT_EQ(found->front().document.id, document(i).id);
      EXPECT_EQ(found->front().document.text, document(i, version).text);
      EXPECT_NEAR(found->front().score, 1, 1e-6);
    }
  }
};

TEST_F(CollectionTest, FindsTheClosestByCosineWithTheirDocuments) {
  auto collection = open();
  Matrix rows(4, kDimensions);
  rows.row(0)[0] = 5;                      // the query's direction
  rows.row(1)[0] = rows.row(1)[1] = 0.1F;  // 45 degrees from it
  rows.row(2)[1] = 1;                      // a right angle
  rows.row(3)[0] = -1;                     // the opposite
  ASSERT_TRUE(collection.add(documents(0, 4), rows).has_value());
  Matrix query(1, kDimensions);
  query.row(0)[0] = 2;
  const auto found = collection.search(query.row(0), 10);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->size(), 4U);
  const double expected[] = {1, std::sqrt(0.5), 0, -1};
  for (std::uint64_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*found)[i].document.id, document(i).id);
    EXPECT_EQ((*found)[i].document.text, document(i).text);
    EXPECT_EQ((*found)[i].document.fields, document(i).fields);
    EXPECT_NEAR((*found)[i].score, expected[i], 1e-6);
  }
}

TEST_F(CollectionTest, AnEmptyCollectionFindsNothing) {
  auto collection = open();
  EXPECT_EQ(collection.size(), 0U);
  EXPECT_TRUE(ids(collection, vectors(0, 1).row(0), 5).empty());
  EXPECT_TRUE(collection.add({}, {}).has_value());
  EXPECT_FALSE((*collection.get("id-0")).has_value());
}

TEST_F(CollectionTest, EqualScoresComeInTheOrderOfFirstAddition) {
  auto collection = open();
  Matrix same(6, kDimensions);
  for (std::size_t i = 0; i < 6; ++i) same.row(i)[2] = 1;
  std::vector<Document> shuffled = {document(4), document(2), document(9),
                                    document(0), document(7), document(1)};
  ASSERT_TRUE(collection.add(shuffled, same).has_value());
  const std::vector<std::string> order = {"id-4", "id-2", "id-9", "id-0", "id-7", "id-1"};
  EXPECT_EQ(ids(collection, same.row(0), 6), order);
  // One that is replaced keeps its place, though it is now among the recent rows.
  ASSERT_TRUE(
      collection.add(std::vector{document(2, 1)}, MatrixView(same).slice(0, 1)).has_value());
  EXPECT_EQ(ids(collection, same.row(0), 6), order);
  EXPECT_EQ(ids(collection, same.row(0), 2),
            std::vector<std::string>(order.begin(), order.begin() + 2));
}

TEST_F(CollectionTest, SearchSeesEveryAdditionAtOnce) {
  auto collection = open();
  for (std::uint64_t begin = 0; begin < 60; begin += 20) {
    add(collection, begin, begin + 20);
    expect_each_finds_itself(collection, 0, begin + 20);
  }
  add(collection, 10, 15, 1);
  expect_each_finds_itself(collection, 10, 15, 1);
  EXPECT_EQ(collection.size(), 60U);
  // The old vectors of the replaced are gone: not even the whole answer has one twice.
  auto all = ids(collection, vectors(10, 11).row(0), 100);
  EXPECT_EQ(all.size(), 60U);
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST_F(CollectionTest, AnswersTheSameFromFileAndFromRecentRows) {
  auto grown = open();
  add(grown, 0, 50);
  ids(grown, vectors(0, 1).row(0), 1);  // makes the file, so that the others are recent rows
  add(grown, 50, 80);
  auto whole = Collection::open(folder_ / "whole", CollectionMode::write, model());
  ASSERT_TRUE(whole.has_value());
  add(*whole, 0, 80);
  for (std::uint64_t i = 100; i < 120; ++i) {
    const Matrix query = vectors(i, i + 1);
    const auto left = grown.search(query.row(0), 10);
    const auto right = whole->search(query.row(0), 10);
    ASSERT_EQ(left->size(), 10U);
    for (std::size_t j = 0; j < 10; ++j) {
      EXPECT_EQ((*left)[j].document.id, (*right)[j].document.id);
      EXPECT_EQ((*left)[j].score, (*right)[j].score);
    }
  }
}

TEST_F(CollectionTest, MakesANewFileOnceTheRecentRowsAreMany) {
  auto collection = open();
  add(collection, 0, 10);
  expect_each_finds_itself(collection, 0, 10);
  const auto first = cache_files();
  ASSERT_EQ(first.size(), 1U);
  add(collection, 10, 1000);
  expect_each_finds_itself(collection, 990, 1000);
  EXPECT_EQ(cache_files(), first) << "990 recent rows are read from the store";
  add(collection, 1000, 2000);
  expect_each_finds_itself(collection, 1990, 2000);
  ASSERT_EQ(cache_files().size(), 1U);
  EXPECT_NE(cache_files(), first);
  // The log before the file is trimmed with the next addition, and nobody misses it.
  add(collection, 2000, 2001);
  expect_each_finds_itself(collection, 0, 20);
  expect_each_finds_itself(open(CollectionMode::read), 1980, 2001);
}

TEST_F(CollectionTest, ACacheThatIsDamagedMissingOrForeignCostsNoAnswers) {
  {
    auto collection = open();
    add(collection, 0, 40);
    expect_each_finds_itself(collection, 0, 40);
  }
  ASSERT_EQ(cache_files().size(), 1U);
  const auto file = cache_files().front();
  const auto size = std::filesystem::file_size(file);
  const auto write_at = [&](std::uintmax_t place, char byte) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(place));
    const char old = static_cast<char>(stream.get());
    stream.seekp(static_cast<std::streamoff>(place));
    stream.put(static_cast<char>(old ^ byte));
  };
  for (std::uintmax_t place = 0; place < size; place += 37) {
    SCOPED_TRACE(place);
    write_at(place, 0x40);
    expect_each_finds_itself(open(CollectionMode::read), 0, 40);
    ASSERT_EQ(cache_files(), std::vector{file});
  }
  for (const std::uintmax_t left : {std::uintmax_t{0}, std::uintmax_t{1}, size / 2, size - 1}) {
    SCOPED_TRACE(left);
    std::filesystem::resize_file(file, left);
    expect_each_finds_itself(open(CollectionMode::read), 0, 40);
    ASSERT_EQ(std::filesystem::file_size(file), size) << "the file was made again";
  }
  std::filesystem::remove_all(folder_ / "news" / "cache");
  expect_each_finds_itself(open(CollectionMode::read), 0, 40);

  // A file of another collection under this one's name for it, as a copied folder could have.
  {
    auto other = Collection::open(folder_ / "other", CollectionMode::write, model());
    add(*other, 100, 140);
    expect_each_finds_itself(*other, 100, 140);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "other" / "cache"))
    std::filesystem::copy(entry.path(), folder_ / "news" / "cache" / entry.path().filename());
  expect_each_finds_itself(open(), 0, 40);
  EXPECT_EQ(cache_files(), std::vector{file}) << "the writer removed what is not its own";
}

TEST_F(CollectionTest, AnOlderStoreDoesNotTrustTheCacheOfItsUndoneFuture) {
  {
    auto collection = open();
    add(collection, 0, 10);
  }
  std::filesystem::copy(folder_ / "news" / "store", folder_ / "backup");
  {
    auto collection = open();
    add(collection, 10, 20);
    expect_each_finds_itself(collection, 0, 20);
  }
  std::filesystem::remove_all(folder_ / "news" / "store");
  std::filesystem::copy(folder_ / "backup", folder_ / "news" / "store");
  auto collection = open();
  add(collection, 30, 40);  // gets the sequence numbers that 10 to 19 had
  expect_each_finds_itself(collection, 0, 10);
  expect_each_finds_itself(collection, 30, 40);
}

TEST_F(CollectionTest, AnswersWhereTheCacheCannotBeWritten) {
  auto collection = open();
  add(collection, 0, 30);
  std::ofstream(folder_ / "news" / "cache") << "a file where the folder should be";
  expect_each_finds_itself(collection, 0, 30);
}

TEST_F(CollectionTest, RefusesToOpenWithoutItsModelOrTwice) {
  const auto missing = Collection::open(folder_ / "news", CollectionMode::read);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().message, ::testing::HasSubstr("there is no collection \"news\""));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "news"));
  const auto no_model = Collection::open(folder_ / "news", CollectionMode::write);
  ASSERT_FALSE(no_model.has_value());
  EXPECT_EQ(no_model.error().code, ErrorCode::invalid_argument);

  auto writer = open();
  const auto second = Collection::open(folder_ / "news", CollectionMode::write, model());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::conflict);

  auto reader = open(CollectionMode::read);
  const auto added = reader.add(documents(0, 1), vectors(0, 1));
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().message, "collection \"news\" was opened to read");
}

TEST_F(CollectionTest, RefusesVectorsAndQueriesOfAnotherDimension) {
  auto collection = open();
  const auto added = collection.add(documents(0, 1), Matrix(1, kDimensions + 1));
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, ErrorCode::conflict);
  EXPECT_FALSE(collection.search(std::vector<float>(3), 1).has_value());
  EXPECT_FALSE(collection.search(std::vector<float>(kDimensions), 0).has_value());
  EXPECT_EQ(collection.size(), 0U);
}

TEST_F(CollectionTest, SearchesFromManyThreadsWhileOneAdds) {
  auto collection = open();
  add(collection, 0, 50);
  std::atomic<bool> done = false;
  std::vector<std::jthread> searchers;
  for (int i = 0; i < 3; ++i)
    searchers.emplace_back([&] {
      while (!done) expect_each_finds_itself(collection, 0, 50);
    });
  for (std::uint64_t begin = 50; begin < 1500; begin += 145) add(collection, begin, begin + 145);
  done = true;
  searchers.clear();
  expect_each_finds_itself(collection, 1400, 1500);
}

}  // namespace
}  // namespace kindred::store
