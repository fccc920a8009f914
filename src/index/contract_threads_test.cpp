/// What kindred/index.h promises to threads, of every type of index: searches, changes and saves at
/// the same time. Run under ThreadSanitizer too (script/test --tsan).
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "kindred/index.h"
#include "support/index_contract.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using testing::normal_matrix;
using testing::true_score;

constexpr std::size_t kDimensions = 16;
constexpr std::uint64_t kIds = 400;

/// A vector has two versions. Version 0 points one way, version 1 the other: a row that is half of
/// each has a score that neither has.
Matrix version_of(RowType type, std::uint64_t id, bool second) {
  base::Random random(id + 1);
  Matrix vector(1, kDimensions);
  for (float& value : vector.values()) value = (second ? -1.0F : 1.0F) * (random.uniform() + 0.25F);
  return testing::fitting(type, std::move(vector));
}

class IndexThreads : public ::testing::TestWithParam<testing::IndexCase> {
 protected:
  const IndexOptions& options() const { return GetParam().options; }

  Matrix versions_of(std::span<const std::uint64_t> ids, bool second) const {
    Matrix rows(ids.size(), kDimensions);
    for (std::size_t i = 0; i < ids.size(); ++i)
      std::ranges::copy(version_of(options().rows, ids[i], second).row(0), rows.row(i).begin());
    return rows;
  }

  Index build(MatrixView vectors, std::span<const std::uint64_t> ids = {}) {
    auto index = Index::build(vectors, ids, options());
    EXPECT_TRUE(index.has_value());
    return std::move(*index);
  }

  /// Whether the score is that of one of the two versions.
  bool is_of_a_version(const Hit& hit, std::span<const float> query) const {
    const double slack = options().rows == RowType::f16 ? 0.05 : 1e-3;
    for (const bool second : {false, true})
      if (std::abs(true_score(options().metric, query,
                              version_of(options().rows, hit.id, second).row(0)) -
                   hit.score) < slack)
        return true;
    return false;
  }

  void check_hits(const Hits& found, MatrixView queries) const {
    for (std::size_t query = 0; query < found.queries(); ++query) {
      std::set<std::uint64_t> seen;
      for (const Hit& hit : found.of(query)) {
        ASSERT_LT(hit.id, kIds);
        ASSERT_TRUE(seen.insert(hit.id).second) << "id " << hit.id << " twice";
        ASSERT_TRUE(is_of_a_version(hit, queries.row(query))) << "id " << hit.id;
      }
    }
  }
};

/// Runs all of them at once; the first ones until they return, the others until `done`.
void run_beside(const std::vector<std::function<void()>>& working,
                const std::vector<std::function<void()>>& repeated) {
  std::atomic<bool> done = false;
  std::vector<std::thread> others;
  others.reserve(repeated.size());
  for (const auto& body : repeated)
    others.emplace_back([&] {
      do body();
      while (!done);
    });
  std::vector<std::thread> threads;
  threads.reserve(working.size());
  for (const auto& body : working) threads.emplace_back(body);
  for (std::thread& thread : threads) thread.join();
  done = true;
  for (std::thread& thread : others) thread.join();
}

TEST_P(IndexThreads, ChangesBesideSearchesAndSavesAreWholeAndAllKept) {
  const testing::TemporaryFolder folder;
  Index index = build(Matrix(0, kDimensions));
  const Matrix queries = normal_matrix(4, kDimensions, 1);
  constexpr std::uint64_t kWriters = 2;
  // Each writer changes ids of its own, and knows what is left of them.
  std::vector<std::vector<char>> left(kWriters, std::vector<char>(kIds, 'n'));
  std::vector<std::function<void()>> writers;
  for (std::uint64_t writer = 0; writer < kWriters; ++writer)
    writers.emplace_back([&, writer] {
      base::Random random(writer);
      for (int step = 0; step < 120; ++step) {
        std::set<std::uint64_t> chosen;
        for (std::uint64_t i = random.below(8) + 1; i > 0; --i)
          chosen.insert(random.below(kIds / kWriters) * kWriters + writer);
        const std::vector<std::uint64_t> ids(chosen.begin(), chosen.end());
        const std::uint64_t kind = random.below(3);
        if (kind == 2) {
          EXPECT_TRUE(index.remove(ids).has_value());
        } else {
          EXPECT_TRUE(index.add(versions_of(ids, kind == 1), ids).has_value());
        }
        for (const std::uint64_t id : ids) left[writer][id] = "01n"[kind];
        // Done is done: what a call has returned from is seen.
        for (const std::uint64_t id : ids) ASSERT_EQ(index.contains(id), kind != 2) << id;
      }
    });
  const auto even = IdFilter::where([](std::uint64_t id) { return id % 2 == 0; });
  run_beside(writers, {[&] {
                         const auto found = index.search(queries, 10);
                         ASSERT_TRUE(found.has_value()) << found.error().message;
                         check_hits(*found, queries);
                       },
                       [&] {
                         const auto found = index.search(queries, {.k = 5, .filter = &even});
                         ASSERT_TRUE(found.has_value()) << found.error().message;
                         check_hits(*found, queries);
                         for (const Hit& hit : found->hits) EXPECT_EQ(hit.id % 2, 0);
                         EXPECT_LE(index.size(), kIds);
                       },
                       [&] {
                         ASSERT_TRUE(index.save(folder / "saved").has_value());
                         const auto opened = Index::open(folder / "saved", OpenMode::load);
                         ASSERT_TRUE(opened.has_value()) << opened.error().message;
                         const auto found = opened->search(queries, kIds);
                         ASSERT_TRUE(found.has_value()) << found.error().message;
                         EXPECT_EQ(found->of(0).size(), opened->size());
                         check_hits(*found, queries);
                       }});

  std::size_t expected = 0;
  for (std::uint64_t id = 0; id < kIds; ++id) {
    const char version = left[id % kWriters][id];
    expected += version == 'n' ? 0 : 1;
    ASSERT_EQ(index.contains(id), version != 'n') << id;
    if (version == 'n') continue;
    const auto stored = index.vectors({&id, 1});
    ASSERT_TRUE(stored.has_value());
    const Matrix written = version_of(options().rows, id, version == '1');
    for (std::size_t i = 0; i < kDimensions; ++i)
      ASSERT_NEAR(stored->row(0)[i], written.row(0)[i], 2e-3) << id;
  }
  EXPECT_EQ(index.size(), expected);
  const auto found = index.search(queries, kIds);
  for (std::size_t query = 0; query < queries.rows(); ++query)
    EXPECT_EQ(found->of(query).size(), expected);
}

TEST_P(IndexThreads, VectorsWithoutIdsGetNumbersThatNobodyElseHas) {
  Index index = build(Matrix(0, kDimensions));
  constexpr std::size_t kAdds = 30;
  const Matrix rows = testing::fitting(options().rows, normal_matrix(3, kDimensions, 2));
  const auto add = [&] {
    for (std::size_t i = 0; i < kAdds; ++i) EXPECT_TRUE(index.add(rows).has_value());
  };
  run_beside({add, add, add}, {});
  EXPECT_EQ(index.size(), 3 * 3 * kAdds);
  for (std::uint64_t id = 0; id < index.size(); ++id) EXPECT_TRUE(index.contains(id));
}

TEST_P(IndexThreads, OneIdThatAllChangeIsOneVectorInTheEnd) {
  Index index = build(Matrix(0, kDimensions));
  const std::vector<std::uint64_t> ids = {3, 4};
  const auto change = [&](bool second) {
    for (int i = 0; i < 60; ++i) {
      EXPECT_TRUE(index.add(versions_of(ids, second), ids).has_value());
      if (i % 3 != 0) continue;
      EXPECT_TRUE(index.remove(std::span(ids).first(1)).has_value());
    }
  };
  const Matrix query = normal_matrix(1, kDimensions, 3);
  run_beside({[&] { change(false); }, [&] { change(true); }}, {[&] {
               const auto found = index.search(query, 10);
               ASSERT_TRUE(found.has_value());
               EXPECT_LE(found->hits.size(), 2);
               check_hits(*found, query);
             }});
  EXPECT_EQ(index.size(), 2);
  EXPECT_EQ(index.search(query, 10)->hits.size(), 2);
}

INSTANTIATE_TEST_SUITE_P(All, IndexThreads, ::testing::ValuesIn(testing::index_cases()),
                         testing::name_of_test);

}  // namespace
}  // namespace kindred
