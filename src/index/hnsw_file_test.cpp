/// Files of graphs: cut short, damaged, and well-formed ones that lie.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/sections.h"
#include "kindred/index.h"
#include "support/faulty_file_system.h"
#include "support/index_contract.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using ::testing::HasSubstr;
using testing::normal_matrix;

constexpr base::SectionsKind kKind{.content = "index", .version = 1};
constexpr std::size_t kRows = 400;

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class HnswFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto index = Index::build(rows_, {}, {.type = IndexType::hnsw, .m = 4});
    ASSERT_TRUE(index.has_value());
    ASSERT_TRUE(index->save(path_).has_value());
    whole_ = bytes_of(path_);
    expected_ = search(*index);
  }

  /// With a beam so narrow that the graph is used, few as the rows are.
  std::vector<Hit> search(const Index& index) const {
    const auto found = index.search(queries_, kSearch);
    return found.has_value() ? found->hits : std::vector<Hit>();
  }

  /// The file's sections, by name.
  std::map<std::string, std::vector<std::byte>> sections() const {
    const auto file = base::Sections::open(*base::MappedFile::open(path_), path_, kKind);
    std::map<std::string, std::vector<std::byte>> sections;
    std::vector<std::string> names = {"index", "rows", "ids", "lengths", "hnsw", "coordinates"};
    for (const char* what : {"codes", "scales", "links", "below"})
      for (const char* layer : {"0", "1", "2"}) names.push_back(std::string(what).append(layer));
    for (const std::string& name : names)
      if (const auto section = file->find(name); section.has_value()) {
        const auto bytes = file->bytes(*section);
        sections[name] = {bytes.begin(), bytes.end()};
      }
    return sections;
  }

  /// Writes sections as a file whose checksums are right.
  std::filesystem::path write(const std::map<std::string, std::vector<std::byte>>& sections) {
    const auto path = folder_ / "changed";
    std::vector<base::SectionBytes> written;
    for (const auto& [name, bytes] : sections) written.push_back({name, {bytes}});
    auto file = base::real_file_system().create(path);
    EXPECT_TRUE(base::write_sections(**file, kKind, written).has_value());
    return path;
  }

  static constexpr SearchOptions kSearch{.k = 3, .ef_search = 8};

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "x.index";
  Matrix rows_ = normal_matrix(kRows, 5, 1);
  Matrix queries_ = normal_matrix(4, 5, 2);
  std::string whole_;
  std::vector<Hit> expected_;
};

TEST_F(HnswFileTest, EveryPrefixIsRefused) {
  for (std::size_t size = 0; size < whole_.size(); size += size < 2'000 ? 1 : 97) {
    folder_.write("cut", std::string_view(whole_).substr(0, size));
    for (const OpenMode mode : {OpenMode::map, OpenMode::load})
      EXPECT_FALSE(Index::open(folder_ / "cut", mode).has_value()) << size;
  }
}

TEST_F(HnswFileTest, NoFlippedBitChangesAnAnswer) {
  base::Random random(3);
  for (std::size_t at = 0; at < whole_.size(); at += at < 1'200 ? 1 : 41) {
    std::string damaged = whole_;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.below(8)));
    folder_.write("damaged", damaged);
    for (const OpenMode mode : {OpenMode::map, OpenMode::load}) {
      const auto index = Index::open(folder_ / "damaged", mode);
      if (!index.has_value()) continue;
      const auto found = index->search(queries_, kSearch);
      if (found.has_value()) {
        EXPECT_EQ(found->hits, expected_) << "byte " << at;
      }
    }
  }
}

TEST_F(HnswFileTest, ASearchNamesTheDamagedBlockThatItMeets) {
  std::string damaged = whole_;
  damaged[damaged.find(std::string(reinterpret_cast<const char*>(sections()["rows"].data()), 8))] ^=
      1;
  folder_.write("damaged", damaged);
  const auto index = Index::open(folder_ / "damaged");
  ASSERT_TRUE(index.has_value());
  const auto found = index->search(queries_, kRows);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::corrupt);
  EXPECT_THAT(found.error().message, HasSubstr("damaged: block 0 of section \"rows\""));
  // Damage is not given new checksums either.
  EXPECT_FALSE(index->save(folder_ / "copy").has_value());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy"));
}

template <typename T>
void put(std::vector<std::byte>& bytes, std::size_t at, T value) {
  ASSERT_LE(at + sizeof(value), bytes.size());
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}

TEST_F(HnswFileTest, AFileThatLiesIsRefusedOrHarmless) {
  using Bytes = std::map<std::string, std::vector<std::byte>>;
  struct Lie {
    const char* what;
    std::function<void(Bytes&)> tell;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<Lie> lies = {
      {"a link past the last node", [](Bytes& s) { put(s["links0"], 0, std::uint32_t{kRows}); }},
      {"a link far away", [](Bytes& s) { put(s["links0"], 40, std::uint32_t{0xfffffffe}); }},
      {"a link of an upper layer", [](Bytes& s) { put(s["links1"], 0, std::uint32_t{kRows}); }},
      {"a node above none", [](Bytes& s) { put(s["below1"], 0, std::uint32_t{kRows}); }},
      {"two nodes above one",
       [](Bytes& s) { std::memcpy(s["below1"].data() + 4, s["below1"].data(), 4); }},
      {"more nodes than rows", [](Bytes& s) { put(s["hnsw"], 48, std::uint64_t{kRows + 1}); }},
      {"fewer nodes than rows", [](Bytes& s) { put(s["hnsw"], 48, std::uint64_t{kRows - 1}); }},
      {"an upper layer that is larger",
       [](Bytes& s) { put(s["hnsw"], 56, std::uint64_t{kRows + 1}); }},
      {"a layer without sections", [](Bytes& s) { put(s["hnsw"], 72, std::uint64_t{1}); }},
      {"no room for links", [](Bytes& s) { put(s["hnsw"], 0, std::uint64_t{0}); }},
      {"room for too many links", [](Bytes& s) { put(s["hnsw"], 0, std::uint64_t{1} << 60); }},
      {"other links than there are", [](Bytes& s) { put(s["hnsw"], 0, std::uint64_t{5}); }},
      {"an endless ef_construction", [](Bytes& s) { put(s["hnsw"], 8, ~std::uint64_t{0}); }},
      {"no ef_search", [](Bytes& s) { put(s["hnsw"], 16, std::uint64_t{0}); }},
      {"codes of 5 bits", [](Bytes& s) { put(s["hnsw"], 32, std::uint32_t{5}); }},
      {"a mean that is no number", [nan](Bytes& s) { put(s["coordinates"], 4, nan); }},
      {"too few coordinates", [](Bytes& s) { s["coordinates"].resize(16); }},
      {"too few codes", [](Bytes& s) { s["codes0"].resize(s["codes0"].size() - 64); }},
      {"too many scales", [](Bytes& s) { s["scales1"].resize(s["scales1"].size() + 8); }},
      {"no codes", [](Bytes& s) { s.erase("codes0"); }},
      {"no graph", [](Bytes& s) { s.erase("hnsw"); }},
      {"an id twice", [](Bytes& s) { std::memcpy(s["ids"].data() + 8, s["ids"].data(), 8); }},
  };
  const auto itself = Index::open(write(sections()));
  ASSERT_TRUE(itself.has_value()) << itself.error().message;
  EXPECT_EQ(search(*itself), expected_);
  for (const Lie& lie : lies) {
    SCOPED_TRACE(lie.what);
    auto changed = sections();
    lie.tell(changed);
    const auto path = write(changed);
    const auto loaded = Index::open(path, OpenMode::load);
    ASSERT_FALSE(loaded.has_value());
    const auto mapped = Index::open(path, OpenMode::map);
    if (!mapped.has_value()) {
      EXPECT_THAT(mapped.error().message, HasSubstr("changed"));
      continue;
    }
    const auto found = mapped->search(queries_, kSearch);
    if (!found.has_value()) continue;
    for (std::size_t query = 0; query < queries_.rows(); ++query)
      EXPECT_LE(found->of(query).size(), kSearch.k);
    for (const Hit& hit : found->hits) EXPECT_LT(hit.id, kRows);
  }
}

TEST_F(HnswFileTest, ScalesOfAnyBitsAreHarmless) {
  base::Random random(4);
  for (int round = 0; round < 30; ++round) {
    auto changed = sections();
    for (const char* name : {"scales0", "scales1", "codes0"})
      for (std::byte& byte : changed[name])
        if (random.below(4) == 0) byte = static_cast<std::byte>(random.next());
    const auto path = write(changed);
    for (const OpenMode mode : {OpenMode::map, OpenMode::load}) {
      auto index = Index::open(path, mode);
      if (!index.has_value()) continue;
      const auto found = index->search(queries_, kSearch);
      ASSERT_TRUE(found.has_value());
      std::set<std::uint64_t> ids;
      for (const Hit& hit : found->of(0)) EXPECT_TRUE(ids.insert(hit.id).second);
      if (mode == OpenMode::map) continue;
      ASSERT_TRUE(index->add(normal_matrix(5, 5, 6)).has_value());
      EXPECT_EQ(*index->remove(std::vector<std::uint64_t>{0, 1, 2}), 3);
      EXPECT_EQ(index->search(queries_, kSearch)->of(0).size(), kSearch.k);
    }
  }
}

}  // namespace
}  // namespace kindred
