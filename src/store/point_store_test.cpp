#include "store/point_store.h"

#include <gmock/gmock.h>

#include <fstream>

#include "support/faulty_rocksdb_files.h"
#include "support/store_fixture.h"

namespace kindred::store {
namespace {

using ::testing::HasSubstr;

class PointStoreTest : public StoreTest {
 protected:
  std::unique_ptr<PointStore> open(CollectionMode mode = CollectionMode::write,
                                   rocksdb::Env* environment = nullptr) {
    auto store = PointStore::open(folder_, mode, "news", model(), environment);
    if (!store.has_value()) {
      ADD_FAILURE() << store.error().message;
      return nullptr;
    }
    return std::move(*store);
  }
  Result<void> put(PointStore& store, std::uint64_t begin, std::uint64_t end,
                   std::uint64_t version = 0) {
    return store.put(documents(begin, end, version), vectors(begin, end, version), 0);
  }
  /// All documents [0, count), with these vectors, and nothing else.
  void expect_holds(const PointStore& store, std::uint64_t count) {
    EXPECT_EQ(store.state().documents, count);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto found = store.get(document(i).id);
      ASSERT_TRUE(found.has_value() && found->has_value()) << i;
      EXPECT_EQ((*found)->text, document(i).text);
      EXPECT_EQ((*found)->fields, document(i).fields);
    }
    const auto rows = store.all_rows();
    ASSERT_TRUE(rows.has_value()) << rows.error().message;
    EXPECT_THAT(rows->vectors.values(), ::testing::ElementsAreArray(vectors(0, count).values()));
  }
};

TEST_F(PointStoreTest, KeepsWhatItWasGivenOverReopening) {
  {
    const auto store = open();
    ASSERT_TRUE(put(*store, 0, 20).has_value());
    expect_holds(*store, 20);
  }
  expect_holds(*open(), 20);
  expect_holds(*open(CollectionMode::read), 20);
}

TEST_F(PointStoreTest, ReplacesInPlaceAndCountsOnce) {
  const auto store = open();
  ASSERT_TRUE(put(*store, 0, 3).has_value());
  ASSERT_TRUE(put(*store, 1, 2, 7).has_value());
  EXPECT_EQ(store->state().documents, 3U);
  EXPECT_EQ((*store->get("id-1"))->text, "text 1 of version 7");
  const auto rows = store->all_rows();
  EXPECT_THAT(rows->numbers, ::testing::ElementsAre(0, 1, 2));
  EXPECT_THAT(rows->vectors.row(1), ::testing::ElementsAreArray(vectors(1, 2, 7).values()));
}

TEST_F(PointStoreTest, TakesTheLastOfTheSameIdAtThePlaceOfTheFirst) {
  const auto store = open();
  std::vector<Document> batch = {document(5), document(6), document(5, 1)};
  Matrix rows(3, kDimensions);
  rows.row(2)[0] = 9;
  ASSERT_TRUE(store->put(batch, rows, 0).has_value());
  EXPECT_EQ(store->state().documents, 2U);
  EXPECT_EQ((*store->documents(std::vector<std::uint64_t>{0}))[0].text, "text 5 of version 1");
  EXPECT_EQ(store->all_rows()->vectors.row(0)[0], 9);
}

TEST_F(PointStoreTest, KnowsWhatItHasExactly) {
  const auto store = open();
  ASSERT_TRUE(put(*store, 0, 2).has_value());
  auto asked = documents(0, 4);
  asked[1].fields = "{}";
  EXPECT_THAT(*store->has(asked), ::testing::ElementsAre(1, 0, 0, 0));
  asked[0].text += " ";
  EXPECT_THAT(*store->has(asked), ::testing::ElementsAre(0, 0, 0, 0));
}

TEST_F(PointStoreTest, KeepsLargeAndStrangeValues) {
  const auto store = open();
  Document large = document(0);
  large.text = std::string(300'000, 'x') + std::string("\0\xff tail", 7);
  large.id = "\xc3\xa9 / 1";
  ASSERT_TRUE(store->put(std::vector{large}, vectors(0, 1), 0).has_value());
  EXPECT_EQ((*store->get(large.id))->text, large.text);
}

TEST_F(PointStoreTest, TellsWhatChanged) {
  const auto store = open();
  ASSERT_TRUE(put(*store, 0, 10).has_value());
  const auto before = store->state().sequence;
  ASSERT_TRUE(put(*store, 10, 12).has_value());
  ASSERT_TRUE(put(*store, 3, 4, 1).has_value());
  ASSERT_TRUE(put(*store, 3, 4, 2).has_value());
  const auto changed = store->rows_changed_since(before, 100);
  ASSERT_TRUE(changed.has_value() && changed->has_value());
  EXPECT_THAT((*changed)->numbers, ::testing::ElementsAre(3, 10, 11));
  EXPECT_THAT((*changed)->vectors.row(0), ::testing::ElementsAreArray(vectors(3, 4, 2).values()));
  EXPECT_EQ((*changed)->sequence, 14U);
  EXPECT_FALSE(store->rows_changed_since(before, 3)->has_value()) << "4 changes are over the limit";
  EXPECT_TRUE((*store->rows_changed_since(14, 3))->numbers.empty());
}

TEST_F(PointStoreTest, TrimsTheLogThatCachesHavePassed) {
  const auto store = open();
  ASSERT_TRUE(put(*store, 0, 10).has_value());
  ASSERT_TRUE(store->put(documents(10, 11), vectors(10, 11), 6).has_value());
  EXPECT_TRUE(store->rows_changed_since(6, 100)->has_value());
  EXPECT_FALSE(store->rows_changed_since(5, 100)->has_value());
}

TEST_F(PointStoreTest, RefusesAnotherModelByName) {
  {
    ASSERT_TRUE(put(*open(), 0, 1).has_value());
  }
  auto other = model();
  other.name = "other-model";
  other.hash = "ffff";
  const auto refused = PointStore::open(folder_, CollectionMode::write, "news", other);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(
      refused.error().message,
      "collection \"news\" was made with tiny (hash 0123456789abcdef, 8 dimensions), not with "
      "other-model (hash ffff, 8 dimensions)");
}

TEST_F(PointStoreTest, RefusesASecondWriterButNotAReader) {
  const auto writer = open();
  ASSERT_TRUE(put(*writer, 0, 5).has_value());
  const auto second = PointStore::open(folder_, CollectionMode::write, "news", model());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("\"news\" is being written"));
  expect_holds(*open(CollectionMode::read), 5);
  ASSERT_TRUE(put(*writer, 5, 6).has_value());
  expect_holds(*open(CollectionMode::read), 6);
}

TEST_F(PointStoreTest, SurvivesAFullDiskAtEveryByte) {
  // How much a put of ten documents writes, then the same put with less and less room.
  for (std::int64_t room = 0; room < 2200; room += 100) {
    SCOPED_TRACE(room);
    std::filesystem::remove_all(folder_);
    FaultyRocksDbFiles disk;
    {
      const auto store = open(CollectionMode::write, disk.environment.get());
      ASSERT_TRUE(put(*store, 0, 10).has_value());
      disk.files->room = room;
      const auto failed = put(*store, 10, 30);
      ASSERT_FALSE(failed.has_value());
      EXPECT_EQ(failed.error().code, ErrorCode::io);
      EXPECT_THAT(failed.error().message, HasSubstr("collection \"news\": cannot write"));
      EXPECT_THAT(failed.error().message, HasSubstr("disk is full"));
      expect_holds(*store, 10);
      EXPECT_FALSE(put(*store, 10, 30).has_value()) << "still full";

      disk.files->room = std::int64_t{1} << 40;
      const auto works_again = put(*store, 10, 30);
      ASSERT_TRUE(works_again.has_value()) << works_again.error().message;
      expect_holds(*store, 30);
    }
    expect_holds(*open(), 30);
  }
}

TEST_F(PointStoreTest, KeepsWhatWasAcknowledgedWhenTheProcessEndsOnAFullDisk) {
  FaultyRocksDbFiles disk;
  {
    const auto store = open(CollectionMode::write, disk.environment.get());
    ASSERT_TRUE(put(*store, 0, 10).has_value());
    disk.files->room = 300;
    ASSERT_FALSE(put(*store, 10, 30).has_value());
  }
  expect_holds(*open(CollectionMode::read), 10);
  const auto store = open();
  expect_holds(*store, 10);
  ASSERT_TRUE(put(*store, 10, 12).has_value());
  expect_holds(*store, 12);
}

TEST_F(PointStoreTest, DoesNotAcknowledgeWhatItCouldNotSync) {
  FaultyRocksDbFiles disk;
  const auto store = open(CollectionMode::write, disk.environment.get());
  ASSERT_TRUE(put(*store, 0, 10).has_value());
  disk.files->syncs_fail = true;
  const auto failed = put(*store, 10, 12);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::io);
  expect_holds(*store, 10);
}

TEST_F(PointStoreTest, DropsARecordThatWasCutShortAndRefusesDamageBeforeIt) {
  // The files as they are while the store is open: what a process leaves that ends at once.
  const testing::TemporaryFolder torn;
  const testing::TemporaryFolder damaged;
  {
    const auto store = open();
    ASSERT_TRUE(put(*store, 0, 10).has_value());
    ASSERT_TRUE(put(*store, 10, 20).has_value());
    std::filesystem::copy(folder_, torn.path());
    std::filesystem::copy(folder_, damaged.path());
  }
  const auto log_in = [](const std::filesystem::path& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".log") return entry.path();
    return std::filesystem::path();
  };
  const auto size = std::filesystem::file_size(log_in(torn.path()));

  std::filesystem::resize_file(log_in(torn.path()), size - 1);
  expect_holds(**PointStore::open(torn.path(), CollectionMode::read, "news", model()), 10);
  expect_holds(**PointStore::open(torn.path(), CollectionMode::write, "news", model()), 10);

  std::fstream file(log_in(damaged.path()), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size / 3));
  file.put('!');
  file.close();
  const auto refused = PointStore::open(damaged.path(), CollectionMode::write, "news", model());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  EXPECT_EQ(refused.error().message.find('\n'), std::string::npos);
}

TEST_F(PointStoreTest, IsMadeAgainWhereItsMakerEndedBeforeTheFirstWrite) {
  FaultyRocksDbFiles disk;
  disk.files->syncs_fail = true;
  const auto failed =
      PointStore::open(folder_, CollectionMode::write, "news", model(), disk.environment.get());
  ASSERT_FALSE(failed.has_value());
  EXPECT_FALSE(PointStore::open(folder_, CollectionMode::read, "news", {}).has_value());
  const auto store = open();
  ASSERT_TRUE(put(*store, 0, 3).has_value());
  expect_holds(*store, 3);
}

}  // namespace
}  // namespace kindred::store
