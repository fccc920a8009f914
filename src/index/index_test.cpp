#include "kindred/index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "kindred/threads.h"
#include "support/index_contract.h"
#include "support/instruction_sets.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using ::testing::HasSubstr;

using testing::advantage;
using testing::normal_matrix;
using testing::true_score;

constexpr Metric kMetrics[] = {Metric::cosine, Metric::dot, Metric::euclidean, Metric::manhattan};

TEST(IndexTest, FindsWhatADoublePrecisionScanFindsOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    for (const Metric metric : kMetrics)
      for (const std::size_t dimensions : {1, 3, 17, 384}) {
        SCOPED_TRACE(std::string(name_of(metric)) + " " + std::to_string(dimensions));
        const Matrix rows = normal_matrix(301, dimensions, 1);
        const Matrix queries = normal_matrix(11, dimensions, 2);
        std::vector<std::uint64_t> ids(rows.rows());
        for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = 1'000'000'000'000 - 7 * i;
        const auto index = Index::build(rows, ids, {.metric = metric});
        ASSERT_TRUE(index.has_value()) << index.error().message;
        const auto found = index->search(queries, 10);
        ASSERT_TRUE(found.has_value()) << found.error().message;
        ASSERT_EQ(found->queries(), queries.rows());
        const double tolerance = 1e-5 * std::sqrt(static_cast<double>(dimensions));
        for (std::size_t query = 0; query < queries.rows(); ++query) {
          std::vector<double> exact;
          for (std::size_t i = 0; i < rows.rows(); ++i)
            exact.push_back(true_score(metric, queries.row(query), rows.row(i)));
          auto sorted = exact;
          std::ranges::sort(sorted,
                            [&](double a, double b) { return advantage(metric, a, b) > 0; });
          std::set<std::uint64_t> seen;
          const auto hits = found->of(query);
          for (std::size_t i = 0; i < hits.size(); ++i) {
            EXPECT_TRUE(seen.insert(hits[i].id).second);
            const std::size_t row = (1'000'000'000'000 - hits[i].id) / 7;
            EXPECT_NEAR(hits[i].score, exact[row], tolerance);
            EXPECT_NEAR(hits[i].score, sorted[i], tolerance);
            if (i == 0) continue;
            const double step = advantage(metric, hits[i - 1].score, hits[i].score);
            EXPECT_TRUE(step > 0 || (step == 0 && hits[i - 1].id < hits[i].id));
          }
        }
      }
  });
}

TEST(IndexTest, AnswersAreTheSameInAnyBatchAndAtAnyNumberOfThreads) {
  const Matrix rows = normal_matrix(20'000, 24, 3);
  const Matrix queries = normal_matrix(19, 24, 4);
  for (const Metric metric : kMetrics) {
    const auto index = Index::build(rows, {}, {.metric = metric});
    ASSERT_TRUE(index.has_value());
    set_threads(1);
    const auto expected = index->search(queries, 7);
    for (const std::size_t count : {1, 2, 3, 8}) {
      set_threads(count);
      EXPECT_EQ(index->search(queries, 7)->hits, expected->hits);
      for (std::size_t query = 0; query < queries.rows(); ++query) {
        const auto alone = index->search(queries.view().slice(query, 1), 7);
        EXPECT_TRUE(std::ranges::equal(alone->of(0), expected->of(query)));
      }
    }
    set_threads(0);
  }
}

TEST(IndexTest, ARowsScoreDoesNotDependOnItsPlace) {
  const Matrix row = normal_matrix(1, 37, 5);
  const Matrix query = normal_matrix(1, 37, 6);
  Matrix rows(1'000, 37);
  for (std::size_t i = 0; i < rows.rows(); ++i) std::ranges::copy(row.row(0), rows.row(i).begin());
  for (const Metric metric : kMetrics) {
    const auto found = Index::build(rows, {}, {.metric = metric})->search(query, 1'000);
    ASSERT_TRUE(found.has_value());
    // All equal, so in the order of their ids.
    for (std::size_t i = 0; i < 1'000; ++i) {
      EXPECT_EQ(found->hits[i].id, i);
      EXPECT_EQ(found->hits[i].score, found->hits[0].score);
    }
  }
}

TEST(IndexTest, ZeroVectorsHaveCosineZeroWithEverything) {
  Matrix rows(3, 2);
  rows.row(1)[0] = 2;
  rows.row(2)[0] = -2;
  const auto index = Index::build(rows);
  Matrix queries(2, 2);
  queries.row(0)[0] = 5;
  const auto found = index->search(queries, 3);
  EXPECT_EQ(std::vector(found->of(0).begin(), found->of(0).end()),
            (std::vector<Hit>{{1, 1}, {0, 0}, {2, -1}}));
  EXPECT_EQ(std::vector(found->of(1).begin(), found->of(1).end()),
            (std::vector<Hit>{{0, 0}, {1, 0}, {2, 0}}));
}

TEST(IndexTest, CosineTakesTheLongestAndTheShortestVectorsThatFloatsHold) {
  Matrix rows(2, 3);
  std::ranges::fill(rows.row(0), std::numeric_limits<float>::max());
  std::ranges::fill(rows.row(1), -std::numeric_limits<float>::denorm_min());
  const auto found = Index::build(rows)->search(rows, 2);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->of(0)[0].score, 1, 1e-6);
  EXPECT_NEAR(found->of(1)[0].score, 1, 1e-6);
  EXPECT_NEAR(found->of(1)[1].score, -1, 1e-6);
}

TEST(IndexTest, MoreHitsThanRowsAreAllTheRows) {
  const auto index = Index::build(normal_matrix(3, 2, 7));
  EXPECT_EQ(index->search(normal_matrix(2, 2, 8), 10)->of(0).size(), 3);
  EXPECT_EQ(
      index->search(normal_matrix(2, 2, 8), std::numeric_limits<std::size_t>::max())->of(0).size(),
      3);
}

TEST(IndexTest, AnEmptyIndexAnswersWithNothing) {
  const auto index = Index::build(MatrixView());
  ASSERT_TRUE(index.has_value());
  EXPECT_EQ(index->size(), 0);
  const auto found = index->search(normal_matrix(2, 5, 9), 3);
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->hits.empty());
  EXPECT_FALSE(Index::build(Matrix(0, 4))->search(normal_matrix(2, 5, 9), 3).has_value());
}

TEST(IndexTest, RefusesWhatCannotBeMeant) {
  const Matrix rows = normal_matrix(4, 3, 10);
  const auto message = [](const auto& result) {
    return result.has_value() ? std::string() : result.error().message;
  };
  EXPECT_EQ(message(Index::build(rows, std::vector<std::uint64_t>{5, 9, 2, 9})),
            "id 9 is given twice, to row 1 and to row 3");
  EXPECT_EQ(message(Index::build(rows, std::vector<std::uint64_t>{5})), "1 ids for 4 vectors");
  EXPECT_EQ(message(Index::build(MatrixView(rows.data(), 4, 0))), "4 vectors of 0 dimensions");
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Matrix broken = rows.clone();
    broken.row(2)[1] = bad;
    for (const Metric metric : kMetrics)
      EXPECT_THAT(message(Index::build(broken, {}, {.metric = metric})),
                  HasSubstr("row 2 has a value that is not finite: "));
    EXPECT_THAT(message(Index::build(rows)->search(broken, 1)),
                HasSubstr("query 2 has a value that is not finite: "));
  }
  Matrix enormous = rows.clone();
  enormous.row(3)[0] = 1e30F;
  EXPECT_THAT(message(Index::build(enormous, {}, {.metric = Metric::dot})),
              HasSubstr("row 3 has length 1e+30, the metric \"dot\" takes lengths up to 1e+18"));
  const auto index = Index::build(rows);
  EXPECT_EQ(message(index->search(rows, 0)), "k is 0, it must be at least 1");
  EXPECT_EQ(message(index->search(normal_matrix(1, 5, 11), 1)),
            "the queries have 5 dimensions, the index has 3");
  EXPECT_EQ(message(parse_metric("cosinus")),
            "\"cosinus\" is not a metric; there are cosine, dot, euclidean, manhattan");
}

TEST(IndexTest, MetricNamesGoBothWays) {
  for (const Metric metric : kMetrics) EXPECT_EQ(parse_metric(name_of(metric)), metric);
}

TEST(IndexTest, SavedMappedAndLoadedItAnswersTheSame) {
  const testing::TemporaryFolder folder;
  const Matrix rows = normal_matrix(5'000, 24, 12);
  const Matrix queries = normal_matrix(5, 24, 13);
  for (const Metric metric : kMetrics) {
    const auto index = Index::build(rows, {}, {.metric = metric});
    const auto path = folder / name_of(metric);
    ASSERT_TRUE(index->save(path).has_value());
    for (const OpenMode mode : {OpenMode::map, OpenMode::load}) {
      const auto opened = Index::open(path, mode);
      ASSERT_TRUE(opened.has_value()) << opened.error().message;
      EXPECT_EQ(opened->size(), 5'000);
      EXPECT_EQ(opened->dimensions(), 24);
      EXPECT_EQ(opened->metric(), metric);
      EXPECT_EQ(opened->type(), IndexType::flat);
      EXPECT_EQ(opened->search(queries, 9)->hits, index->search(queries, 9)->hits);
    }
  }
}

TEST(IndexTest, AReaderKeepsTheFileThatItOpenedWhenAnotherReplacesIt) {
  const testing::TemporaryFolder folder;
  const auto path = folder / "x.index";
  const Matrix queries = normal_matrix(2, 8, 14);
  const auto old_index = Index::build(normal_matrix(2'000, 8, 15));
  ASSERT_TRUE(old_index->save(path).has_value());
  const auto reader = Index::open(path);
  ASSERT_TRUE(Index::build(normal_matrix(10, 8, 16))->save(path).has_value());
  EXPECT_EQ(reader->search(queries, 5)->hits, old_index->search(queries, 5)->hits);
  EXPECT_EQ(Index::open(path)->size(), 10);
}

}  // namespace
}  // namespace kindred
