#include "index/exact_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "base/random.h"
#include "kindred/threads.h"
#include "simd/half.h"
#include "support/instruction_sets.h"

namespace kindred::index {
namespace {

using Best = std::vector<simd::Scored>;

/// Rows in chunks, as float32 or as halves, with ids that are not in the order of the rows.
struct Rows {
  RowType type = RowType::f32;
  std::size_t count = 0;
  std::size_t dimensions = 0;
  std::vector<float> values;  ///< what the stored rows stand for
  std::vector<std::vector<float>> floats;
  std::vector<std::vector<simd::Half>> halves;
  std::vector<const void*> chunks;
  std::size_t chunk_rows = 0;
  std::vector<std::uint64_t> ids;

  std::span<const float> row(std::size_t i) const {
    return std::span(values).subspan(i * dimensions, dimensions);
  }
  ScanRows view(const RowScreen* screen) const {
    return {.type = type,
            .count = count,
            .dimensions = dimensions,
            .chunks = chunks,
            .chunk_rows = chunk_rows,
            .ids = ids,
            .screen = screen,
            .verify = {}};
  }
  RowScreen screen() const {
    RowScreen made(dimensions);
    made.resize(count);
    for (std::size_t i = 0; i < count; ++i) made.set(i, row(i));
    return made;
  }
};

using Maker = std::function<float(base::Random&, std::size_t row, std::size_t value)>;

Rows make_rows(std::size_t count, std::size_t dimensions, const Maker& value,
               std::size_t chunk_rows, RowType type = RowType::f32) {
  base::Random random(count * 7 + dimensions);
  Rows rows{.type = type, .count = count, .dimensions = dimensions, .chunk_rows = chunk_rows};
  for (std::size_t row = 0; row < count; ++row)
    for (std::size_t i = 0; i < dimensions; ++i) rows.values.push_back(value(random, row, i));
  if (type == RowType::f16) {
    std::vector<simd::Half> halves(rows.values.size());
    simd::to_halves(rows.values, halves.data());
    simd::to_floats(halves, rows.values.data());
    for (std::size_t row = 0; row < count; row += chunk_rows) {
      const std::size_t some = std::min(chunk_rows, count - row);
      rows.halves.emplace_back(
          halves.begin() + static_cast<std::ptrdiff_t>(row * dimensions),
          halves.begin() + static_cast<std::ptrdiff_t>((row + some) * dimensions));
    }
    for (const auto& chunk : rows.halves) rows.chunks.push_back(chunk.data());
  } else {
    for (std::size_t row = 0; row < count; row += chunk_rows) {
      const auto some =
          std::span(rows.values)
              .subspan(row * dimensions, std::min(chunk_rows, count - row) * dimensions);
      rows.floats.emplace_back(some.begin(), some.end());
    }
    for (const auto& chunk : rows.floats) rows.chunks.push_back(chunk.data());
  }
  for (std::size_t row = 0; row < count; ++row) rows.ids.push_back((row * 7919 + 13) % 1'000'003);
  return rows;
}

/// What every scan should answer: all keys from one-row kernels, sorted.
Best plain(const Rows& rows, const MetricTraits& metric, std::span<const float> query,
           std::size_t k, std::optional<std::span<const std::uint32_t>> only = {}) {
  Best all;
  const auto take = [&](std::size_t row) {
    float key = 0;
    if (rows.type == RowType::f32) {
      metric.kernels().floats(query.data(), rows.row(row).data(), 1, rows.dimensions, &key);
    } else {
      const auto& chunk = rows.halves[row / rows.chunk_rows];
      metric.kernels().halves(query.data(), chunk.data() + row % rows.chunk_rows * rows.dimensions,
                              1, rows.dimensions, &key);
    }
    if (metric.smaller_first) key = -key;
    if (std::isnan(key)) key = -std::numeric_limits<float>::infinity();
    all.push_back({key, rows.ids[row]});
  };
  if (only) {
    for (const std::uint32_t row : *only) take(row);
  } else {
    for (std::size_t row = 0; row < rows.count; ++row) take(row);
  }
  std::ranges::sort(all, [](const simd::Scored& a, const simd::Scored& b) {
    return a.score != b.score ? a.score > b.score : a.id < b.id;
  });
  if (all.size() > k) all.resize(k);
  return all;
}

Matrix make_queries(const Rows& rows, std::size_t count) {
  base::Random random(99);
  Matrix queries(count, rows.dimensions);
  for (std::size_t query = 0; query < count; ++query) {
    // Near a row, as real queries are; the last of several is zero.
    const auto near = rows.row(random.below(rows.count));
    for (std::size_t i = 0; i < rows.dimensions; ++i)
      queries.row(query)[i] =
          query > 0 && query + 1 == count ? 0 : near[i] * (1 + 0.1F * random.normal());
  }
  return queries;
}

void expect_plain_answers(const Rows& rows, std::size_t queries_count,
                          std::initializer_list<std::size_t> ks) {
  const RowScreen screen = rows.screen();
  const Matrix queries = make_queries(rows, queries_count);
  for (const MetricTraits& metric : all_metrics()) {
    SCOPED_TRACE(metric.name);
    for (const std::size_t k : ks) {
      SCOPED_TRACE(k);
      const auto found = exact_scan(queries.view(), metric, k, rows.view(&screen));
      const auto unscreened = exact_scan(queries.view(), metric, k, rows.view(nullptr));
      ASSERT_TRUE(found.has_value());
      for (std::size_t query = 0; query < queries_count; ++query) {
        const Best expected = plain(rows, metric, queries.view().row(query), k);
        ASSERT_EQ((*found)[query], expected) << "query " << query;
        ASSERT_EQ((*unscreened)[query], expected) << "query " << query;
      }
    }
  }
}

struct Kind {
  std::string name;
  Maker value;
};

std::vector<Kind> kinds() {
  return {
      {"random", [](base::Random& random, std::size_t, std::size_t) { return random.normal(); }},
      {"clustered",
       [](base::Random& random, std::size_t row, std::size_t value) {
         return std::sin(static_cast<float>(row % 9 * 31 + value)) + 0.02F * random.normal();
       }},
      {"duplicates",
       [](base::Random&, std::size_t row, std::size_t value) {
         return std::cos(static_cast<float>(row % 5 + value * value));
       }},
      {"all the same", [](base::Random&, std::size_t,
                          std::size_t value) { return static_cast<float>(value) / 10; }},
      {"zeros", [](base::Random&, std::size_t, std::size_t) { return 0.0F; }},
      {"some zeros", [](base::Random& random, std::size_t row,
                        std::size_t) { return row % 3 == 0 ? 0 : random.normal(); }},
      {"lengths from 1e-30 to 1e15",
       [](base::Random& random, std::size_t row, std::size_t) {
         return std::pow(10.0F, static_cast<float>(row % 46) - 30) * random.normal();
       }},
      {"huge",
       [](base::Random& random, std::size_t, std::size_t) { return 1e16F * random.normal(); }},
      {"tiny",
       [](base::Random& random, std::size_t, std::size_t) { return 1e-22F * random.normal(); }},
      {"denormal",
       [](base::Random& random, std::size_t, std::size_t) { return 1e-41F * random.normal(); }},
      {"bytes", [](base::Random& random, std::size_t,
                   std::size_t) { return static_cast<float>(random.below(256)); }},
      {"far from the origin", [](base::Random& random, std::size_t,
                                 std::size_t) { return 1000 + 0.01F * random.normal(); }},
      {"one large value",
       [](base::Random& random, std::size_t row, std::size_t value) {
         return value == row % 7 ? 50.0F : 0.01F * random.normal();
       }},
  };
}

TEST(ExactScan, AnswersAsThePlainScanOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    for (const Kind& kind : kinds()) {
      SCOPED_TRACE(kind.name);
      expect_plain_answers(make_rows(1500, 33, kind.value, 700), 3, {1, 10});
      expect_plain_answers(make_rows(200, 7, kind.value, 200), 1, {1, 12, 13, 199, 200, 500});
    }
    expect_plain_answers(make_rows(3000, 384, kinds()[0].value, 3000), 9, {10});
    expect_plain_answers(make_rows(1, 5, kinds()[0].value, 1), 2, {1, 3});
  });
}

TEST(ExactScan, AnswersAsThePlainScanOnHalves) {
  for (const std::size_t kind : {0, 1, 2, 5, 11}) {
    SCOPED_TRACE(kinds()[kind].name);
    expect_plain_answers(make_rows(1500, 65, kinds()[kind].value, 512, RowType::f16), 4, {1, 10});
  }
}

/// More contenders than there is room for, so that they are scored on the way.
TEST(ExactScan, AnswersAsThePlainScanWhereBoundsDecideLittle) {
  for (const std::size_t kind : {1, 2, 3, 4, 11}) {
    SCOPED_TRACE(kinds()[kind].name);
    expect_plain_answers(make_rows(20'000, 3, kinds()[kind].value, 8192), 2, {1, 10, 1000});
  }
}

TEST(ExactScan, AnswersAsThePlainScanInManyDimensions) {
  expect_plain_answers(make_rows(300, 4096, kinds()[0].value, 300), 2, {10});
  expect_plain_answers(make_rows(40, RowScreen::kMostDimensions, kinds()[7].value, 40), 1, {2});
}

/// Batches and threads divide queries and rows in other ways.
TEST(ExactScan, AnswersTheSameInEveryBatchAndAtEveryNumberOfThreads) {
  const Rows rows = make_rows(30'000, 16, kinds()[1].value, 4096);
  const RowScreen screen = rows.screen();
  const Matrix queries = make_queries(rows, 140);
  const std::size_t before = threads();
  for (const MetricTraits& metric : all_metrics())
    for (const RowScreen* with : {&screen, static_cast<const RowScreen*>(nullptr)}) {
      set_threads(1);
      const auto expected = exact_scan(queries.view(), metric, 10, rows.view(with));
      for (const std::size_t number : {2, 7}) {
        set_threads(number);
        EXPECT_EQ(*exact_scan(queries.view(), metric, 10, rows.view(with)), *expected);
        for (const std::size_t query : {0, 70, 139})
          EXPECT_EQ((*exact_scan(queries.view().slice(query, 1), metric, 10, rows.view(with)))[0],
                    (*expected)[query]);
      }
    }
  set_threads(before);
}

TEST(ExactScan, ConsidersOnlyTheRowsOfAList) {
  const Rows rows = make_rows(5000, 20, kinds()[1].value, 1000);
  const RowScreen screen = rows.screen();
  const Matrix queries = make_queries(rows, 3);
  base::Random random(8);
  for (const std::size_t share : {1, 2, 30, 1000}) {
    SCOPED_TRACE(share);
    std::vector<std::uint32_t> only;
    for (std::uint32_t row = 0; row < rows.count; ++row)
      if (random.below(share) == 0) only.push_back(row);
    for (const MetricTraits& metric : all_metrics())
      for (const std::size_t k : {1, 10, 6000})
        for (const RowScreen* with : {&screen, static_cast<const RowScreen*>(nullptr)}) {
          const auto found = exact_scan(queries.view(), metric, k, rows.view(with), only);
          for (std::size_t query = 0; query < queries.rows(); ++query)
            ASSERT_EQ((*found)[query], plain(rows, metric, queries.view().row(query), k, only));
        }
  }
  EXPECT_TRUE((*exact_scan(queries.view(), traits_of(Metric::dot), 10, rows.view(&screen),
                           std::span<const std::uint32_t>()))[0]
                  .empty());
}

/// The screen is there to keep rows from being read: on vectors like real ones a fiftieth is
/// plenty.
TEST(ExactScan, ReadsFewRowsBehindTheScreen) {
  testing::on_every_instruction_set([] {
    for (const Metric metric : {Metric::dot, Metric::euclidean}) {
      const Rows rows = make_rows(20'000, 64, kinds()[0].value, 20'000);
      const RowScreen screen = rows.screen();
      for (const std::size_t queries : {1, 20}) {
        std::atomic<std::size_t> read = 0;
        ScanRows view = rows.view(&screen);
        view.verify = [&](std::size_t, std::size_t count) -> Result<void> {
          read += count;
          return {};
        };
        ASSERT_TRUE(exact_scan(make_queries(rows, queries + 1).view().slice(0, queries),
                               traits_of(metric), 10, view)
                        .has_value());
        EXPECT_LT(read, queries * rows.count / 50);
      }
    }
  });
}

TEST(ExactScan, ReportsRowsThatCanNotBeRead) {
  const Rows rows = make_rows(5000, 16, kinds()[0].value, 5000);
  const RowScreen screen = rows.screen();
  for (const RowScreen* with : {&screen, static_cast<const RowScreen*>(nullptr)}) {
    ScanRows view = rows.view(with);
    view.verify = [](std::size_t, std::size_t) -> Result<void> {
      return fail(ErrorCode::corrupt, "block 3 is damaged");
    };
    const auto found = exact_scan(make_queries(rows, 1).view(), traits_of(Metric::dot), 10, view);
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().message, "block 3 is damaged");
  }
}

/// A damaged file may hold anything; then as well the answer is the plain scan's.
TEST(ExactScan, PassesRowsThatHaveNoBounds) {
  const Rows rows = make_rows(
      2000, 12,
      [](base::Random& random, std::size_t row, std::size_t) {
        if (row % 100 == 3) return std::numeric_limits<float>::quiet_NaN();
        if (row % 100 == 4) return std::numeric_limits<float>::infinity();
        return row % 100 == 5 ? 1e18F * random.normal() : random.normal();
      },
      2000);
  const RowScreen screen = rows.screen();
  Matrix queries(1, 12);
  for (float& value : queries.row(0)) value = 1;
  for (const MetricTraits& metric : all_metrics())
    for (const std::size_t k : {1, 60})
      EXPECT_EQ((*exact_scan(queries.view(), metric, k, rows.view(&screen)))[0],
                plain(rows, metric, queries.view().row(0), k));
}

/// Rows come, go and change places, as in an index that is changed.
TEST(ExactScan, FollowsAScreenThatChanges) {
  Rows rows = make_rows(1000, 10, kinds()[0].value, 1000);
  RowScreen screen = rows.screen();
  const Matrix queries = make_queries(rows, 1);
  // The last row takes the place of another, again and again.
  for (std::size_t removed = 0; removed < 500; ++removed) {
    const std::size_t hole = removed * 3 % rows.count;
    const std::size_t last = rows.count - 1;
    std::copy_n(rows.row(last).begin(), 10,
                rows.values.begin() + static_cast<std::ptrdiff_t>(hole * 10));
    std::ranges::copy(rows.row(hole),
                      rows.floats[0].begin() + static_cast<std::ptrdiff_t>(hole * 10));
    rows.ids[hole] = rows.ids[last];
    screen.set(hole, rows.row(last));
    screen.resize(--rows.count);
    rows.ids.pop_back();
  }
  for (const MetricTraits& metric : all_metrics())
    EXPECT_EQ((*exact_scan(queries.view(), metric, 10, rows.view(&screen)))[0],
              plain(rows, metric, queries.view().row(0), 10));
}

}  // namespace
}  // namespace kindred::index
