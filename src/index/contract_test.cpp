/// What kindred/index.h promises, of every type of index with every metric and type of rows. (What
/// it promises to threads is in contract_threads_test.cpp.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "index/metrics.h"
#include "kindred/index.h"
#include "kindred/threads.h"
#include "support/index_contract.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using ::testing::HasSubstr;
using testing::Model;
using testing::normal_matrix;
using testing::true_score;

constexpr auto kLargestId = std::numeric_limits<std::uint64_t>::max();

template <typename T>
std::string message_of(const Result<T>& result) {
  return result.has_value() ? "" : result.error().message;
}

std::vector<std::uint64_t> numbers(std::size_t count, std::uint64_t first = 0,
                                   std::uint64_t step = 1) {
  std::vector<std::uint64_t> ids(count);
  for (std::size_t i = 0; i < count; ++i) ids[i] = first + i * step;
  return ids;
}

class IndexContract : public ::testing::TestWithParam<testing::IndexCase> {
 protected:
  const IndexOptions& options() const { return GetParam().options; }
  Metric metric() const { return options().metric; }

  Matrix fit(Matrix matrix) const { return testing::fitting(options().rows, std::move(matrix)); }
  Matrix random_rows(std::size_t rows, std::size_t dimensions, std::uint64_t seed) const {
    return fit(normal_matrix(rows, dimensions, seed));
  }

  Index build(MatrixView vectors, std::span<const std::uint64_t> ids = {}) {
    auto index = Index::build(vectors, ids, options());
    EXPECT_TRUE(index.has_value()) << message_of(index);
    return std::move(*index);
  }

  /// What the index holds, as it says itself: rows of few bits are not what was given.
  static Model stored(const Index& index, std::span<const std::uint64_t> ids) {
    Model model;
    const auto vectors = index.vectors(ids);
    EXPECT_TRUE(vectors.has_value()) << message_of(vectors);
    if (vectors.has_value()) testing::put(model, *vectors, ids);
    return model;
  }

  /// Scores of vectors whose values are about 1 are right to this, those of bytes are larger. (A
  /// row that was brought to length 1 and then rounded has that length no more.)
  double tolerance(std::size_t dimensions) const {
    const bool rounded = options().rows == RowType::f16 && index::traits_of(metric()).unit_length;
    const double large = options().rows == RowType::u8 ? 20 : 1;
    return large * 2e-6 * static_cast<double>(dimensions) + (rounded ? 0x1p-10 : 1e-5);
  }

  /// Checks everything that holds for the hits of any search: as many as there can be, all passing,
  /// distinct, in order, scored as defined. Returns how many are among the k truly best: as good as
  /// the last of those.
  template <typename Passes>
  std::size_t check_hits(const Model& model, std::span<const float> query,
                         std::span<const Hit> hits, std::size_t k, const Passes& passes) {
    const auto truth = testing::true_scores(model, metric(), query, passes);
    EXPECT_EQ(hits.size(), std::min(k, truth.size()));
    const double slack = tolerance(query.size());
    std::set<std::uint64_t> seen;
    std::size_t right = 0;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const auto& [id, score] = hits[i];
      EXPECT_TRUE(seen.insert(id).second) << "id " << id << " twice";
      EXPECT_TRUE(passes(id)) << id;
      const auto vector = model.find(id);
      if (vector == model.end()) {
        ADD_FAILURE() << "id " << id << " is not in the index";
        continue;
      }
      EXPECT_NEAR(score, true_score(metric(), query, vector->second), slack) << "id " << id;
      if (i > 0) {
        const double step = testing::advantage(metric(), hits[i - 1].score, score);
        EXPECT_TRUE(step > 0 || (step == 0 && hits[i - 1].id < id)) << "hit " << i;
      }
      const double last = truth[std::min(k, truth.size()) - 1];
      if (testing::advantage(metric(), score, last) >= -slack) ++right;
    }
    return right;
  }

  /// Checks a whole search, and its recall.
  template <typename Passes>
  void check_search(const Index& index, const Model& model, MatrixView queries,
                    const SearchOptions& search, const Passes& passes) {
    const auto found = index.search(queries, search);
    ASSERT_TRUE(found.has_value()) << message_of(found);
    ASSERT_EQ(found->queries(), queries.rows());
    std::size_t right = 0;
    for (std::size_t i = 0; i < queries.rows(); ++i)
      right += check_hits(model, queries.row(i), found->of(i), search.k, passes);
    const auto passing = static_cast<std::size_t>(
        std::ranges::count_if(model, [&](const auto& entry) { return passes(entry.first); }));
    const std::size_t wanted = queries.rows() * std::min(search.k, passing);
    EXPECT_GE(static_cast<double>(right), GetParam().recall * static_cast<double>(wanted));
  }
  void check_search(const Index& index, const Model& model, MatrixView queries, std::size_t k) {
    check_search(index, model, queries, {.k = k}, [](std::uint64_t) { return true; });
  }
};

TEST_P(IndexContract, FindsTheTrulyNearestWithTheirScores) {
  for (const std::size_t dimensions : {1, 2, 3, 17, 100}) {
    SCOPED_TRACE(dimensions);
    const auto ids = numbers(700, 1'000'000'000'000, 7);
    const Matrix rows = random_rows(ids.size(), dimensions, 1);
    const Index index = build(rows, ids);
    EXPECT_EQ(index.size(), ids.size());
    EXPECT_EQ(index.dimensions(), dimensions);
    EXPECT_EQ(index.metric(), metric());
    EXPECT_EQ(index.type(), options().type);
    EXPECT_EQ(index.row_type(), options().rows);
    const Model model = stored(index, ids);
    check_search(index, model, normal_matrix(13, dimensions, 2), 1);
    check_search(index, model, normal_matrix(13, dimensions, 2), 10);
    check_search(index, model, normal_matrix(3, dimensions, 2), 2'000);
  }
}

TEST_P(IndexContract, StoresWhatItWasGivenButForRounding) {
  const Matrix rows = random_rows(50, 24, 3);
  const auto ids = numbers(50, 5, 3);
  const Index index = build(rows, ids);
  const double precision = options().rows == RowType::f16 ? 0x1p-10 : 0x1p-22;
  const auto vectors = index.vectors(ids);
  ASSERT_TRUE(vectors.has_value());
  for (std::size_t i = 0; i < rows.values().size(); ++i)
    EXPECT_NEAR(vectors->values()[i], rows.values()[i],
                precision * std::max(1.0, std::abs(double{rows.values()[i]})));
}

TEST_P(IndexContract, FindsItsWayThroughDataOfEveryShape) {
  const auto ids = numbers(900);
  std::vector<std::pair<std::string, Matrix>> shapes;
  shapes.emplace_back("clustered", Matrix(900, 20));
  const Matrix centres = normal_matrix(9, 20, 4);
  const Matrix noise = normal_matrix(900, 20, 5);
  for (std::size_t i = 0; i < 900; ++i)
    for (std::size_t j = 0; j < 20; ++j)
      shapes.back().second.row(i)[j] = centres.row(i % 9)[j] + 0.02F * noise.row(i)[j];
  shapes.emplace_back("duplicated", Matrix(900, 20));
  for (std::size_t i = 0; i < 900; ++i)
    std::ranges::copy(centres.row(i % 9), shapes.back().second.row(i).begin());
  shapes.emplace_back("zero", Matrix(900, 20));
  shapes.emplace_back("constant", Matrix(900, 20));
  std::ranges::fill(shapes.back().second.values(), 0.25F);
  shapes.emplace_back("half zero", normal_matrix(900, 20, 6));
  std::ranges::fill(shapes.back().second.values().first(450 * 20), 0.0F);
  shapes.emplace_back("on a line", Matrix(900, 1));
  for (std::size_t i = 0; i < 900; ++i)
    shapes.back().second.row(i)[0] = static_cast<float>(i) / 64 - 5;
  shapes.emplace_back("of many lengths", normal_matrix(900, 20, 7));
  for (std::size_t i = 0; i < 900; ++i)
    for (float& value : shapes.back().second.row(i)) value *= static_cast<float>(i % 30) / 30;
  for (auto& [name, shape] : shapes) {
    SCOPED_TRACE(name);
    const Matrix rows = fit(std::move(shape));
    const Index index = build(rows, ids);
    const Model model = stored(index, ids);
    check_search(index, model, normal_matrix(10, rows.dimensions(), 8), 10);
    check_search(index, model, rows.view().slice(0, 10), 10);
    check_search(index, model, Matrix(1, rows.dimensions()), 10);
  }
}

TEST_P(IndexContract, TakesThousandsOfDimensions) {
  const auto ids = numbers(60);
  const Index index = build(random_rows(60, 4'096, 9), ids);
  check_search(index, stored(index, ids), normal_matrix(3, 4'096, 10), 5);
}

TEST_P(IndexContract, HoldsNoVectorsOneOrTwo) {
  for (const std::size_t count : {0, 1, 2}) {
    SCOPED_TRACE(count);
    const auto ids = numbers(count, 7);
    const Matrix rows = random_rows(count, 6, 11);
    const Index index = build(rows, ids);
    EXPECT_EQ(index.size(), count);
    check_search(index, stored(index, ids), normal_matrix(2, 6, 12), 1);
    check_search(index, stored(index, ids), normal_matrix(2, 6, 12), 50);
    EXPECT_EQ(index.search(Matrix(0, 6), 3)->queries(), 0);
  }
}

TEST_P(IndexContract, AnIndexOfNothingTakesItsDimensionsFromWhatComesFirst) {
  Index index = build(MatrixView());
  EXPECT_EQ(index.size(), 0);
  EXPECT_EQ(index.search(normal_matrix(2, 5, 13), 3)->queries(), 2);
  const auto ids = numbers(20);
  ASSERT_TRUE(index.add(random_rows(20, 7, 14)).has_value());
  EXPECT_EQ(index.dimensions(), 7);
  check_search(index, stored(index, ids), normal_matrix(2, 7, 15), 5);
  EXPECT_EQ(message_of(index.add(random_rows(1, 5, 16))),
            "the vectors have 5 dimensions, the index has 7");
}

TEST_P(IndexContract, FollowsAModelThroughAddsReplacementsAndRemovals) {
  base::Random random(17);
  constexpr std::size_t kDimensions = 12;
  Index index = build(Matrix(0, kDimensions));
  Model model;
  for (int step = 0; step < 60; ++step) {
    SCOPED_TRACE(step);
    const std::size_t count = 1 + random.below(step % 10 == 0 ? 150 : 20);
    std::set<std::uint64_t> chosen;
    while (chosen.size() < count) chosen.insert(random.below(400));
    const std::vector<std::uint64_t> ids(chosen.begin(), chosen.end());
    if (random.below(5) < 3) {
      const Matrix rows = random_rows(ids.size(), kDimensions, 1000 + step);
      ASSERT_TRUE(index.add(rows, ids).has_value());
      const Model now = stored(index, ids);
      for (const auto& [id, vector] : now) model[id] = vector;
    } else {
      std::size_t there = 0;
      for (const std::uint64_t id : ids) there += model.erase(id);
      const auto removed = index.remove(ids);
      ASSERT_TRUE(removed.has_value());
      EXPECT_EQ(*removed, there);
    }
    ASSERT_EQ(index.size(), model.size());
    for (std::uint64_t id = 0; id < 400; ++id)
      ASSERT_EQ(index.contains(id), model.contains(id)) << id;
    check_search(index, model, normal_matrix(5, kDimensions, 2000 + step), 10);
  }
  std::vector<std::uint64_t> rest;
  for (const auto& [id, vector] : model) rest.push_back(id);
  EXPECT_EQ(*index.remove(rest), rest.size());
  EXPECT_EQ(index.size(), 0);
  EXPECT_TRUE(index.search(Matrix(1, kDimensions), 3)->hits.empty());
  ASSERT_TRUE(index.add(random_rows(30, kDimensions, 18)).has_value());
  check_search(index, stored(index, numbers(30)), normal_matrix(3, kDimensions, 19), 10);
}

TEST_P(IndexContract, NumbersWhatHasNoIdsAfterTheLargest) {
  Index index = build(random_rows(3, 4, 20));
  ASSERT_TRUE(index.add(random_rows(1, 4, 21), numbers(1, 40)).has_value());
  ASSERT_TRUE(index.add(random_rows(2, 4, 22)).has_value());
  for (const std::uint64_t id : {0, 1, 2, 40, 41, 42}) EXPECT_TRUE(index.contains(id)) << id;
  EXPECT_EQ(index.size(), 6);
  ASSERT_TRUE(index.add(random_rows(1, 4, 23), numbers(1, kLargestId)).has_value());
  EXPECT_TRUE(index.contains(kLargestId));
  EXPECT_FALSE(index.add(random_rows(1, 4, 24)).has_value());
  EXPECT_EQ(index.size(), 7);
  check_search(index, stored(index, std::vector<std::uint64_t>{0, 1, 2, 40, 41, 42, kLargestId}),
               normal_matrix(1, 4, 25), 10);
}

TEST_P(IndexContract, AddsAllOrNothing) {
  Index index = build(random_rows(20, 4, 26));
  const Matrix queries = normal_matrix(3, 4, 27);
  const auto before = index.search(queries, 20)->hits;
  Matrix rows = random_rows(5, 4, 28);
  const auto refused = [&](const std::string& part, MatrixView bad,
                           const std::vector<std::uint64_t>& ids) {
    EXPECT_THAT(message_of(index.add(bad, ids)), HasSubstr(part));
    EXPECT_EQ(index.size(), 20);
    EXPECT_EQ(index.search(queries, 20)->hits, before);
  };
  refused("id 3 is given twice, to row 1 and to row 4", rows, {1, 3, 2, 21, 3});
  refused("2 ids for 5 vectors", rows, {1, 2});
  refused("the vectors have 3 dimensions, the index has 4", normal_matrix(1, 3, 29), {1});
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    rows.row(4)[2] = bad;
    refused("row 4 has a value that is not finite", rows, {1, 2, 3, 30, 31});
  }
  rows.row(4)[2] = 1e30F;
  if (!index::traits_of(metric()).unit_length)
    refused("row 4 has length 1e+30", rows, {1, 2, 3, 30, 31});
  rows.row(4)[2] = 70'000;
  if (options().rows == RowType::f16 && !index::traits_of(metric()).unit_length)
    refused("row 4 has the value 70000 at 2", rows, {1, 2, 3, 30, 31});
  for (const float bad : {70'000.0F, -1.0F, 0.5F, 256.0F}) {
    rows.row(4)[2] = bad;
    if (options().rows == RowType::u8)
      refused("rows of type \"u8\" hold whole numbers from 0 to 255", rows, {1, 2, 3, 30, 31});
  }
}

TEST_P(IndexContract, ReturnsWhatAFilterLetsThroughAndAllThatWasAskedFor) {
  constexpr std::size_t kRows = 3'000;
  const auto ids = numbers(kRows, 100, 3);
  const Index index = build(random_rows(kRows, 16, 30), ids);
  const Model model = stored(index, ids);
  const Matrix queries = normal_matrix(8, 16, 31);
  std::size_t previous = 0;
  for (const std::size_t every : {3'000, 300, 100, 20, 10, 2, 1}) {
    SCOPED_TRACE(every);
    std::vector<std::uint64_t> list;
    for (std::size_t i = 0; i < kRows; i += every) list.push_back(ids[i]);
    const auto in_list = [&](std::uint64_t id) { return std::ranges::binary_search(list, id); };
    const auto allow = IdFilter::allow(list);
    const auto where = IdFilter::where(in_list);
    std::vector<std::uint64_t> others;
    std::ranges::copy_if(ids, std::back_inserter(others),
                         [&](std::uint64_t id) { return !in_list(id); });
    const auto exclude = IdFilter::exclude(others);
    for (const IdFilter* filter : {&allow, &where, &exclude})
      check_search(index, model, queries, {.k = 10, .filter = filter}, in_list);
    // A looser filter never returns fewer hits.
    const std::size_t hits = index.search(queries, {.k = 10, .filter = &allow})->hits.size();
    EXPECT_GE(hits, previous);
    previous = hits;
  }
  // Ids that the index doesn't have, and none at all.
  const auto strangers = IdFilter::allow(std::vector<std::uint64_t>{1, 2, kLargestId, ids[5]});
  check_search(index, model, queries, {.k = 10, .filter = &strangers},
               [&](std::uint64_t id) { return id == ids[5]; });
  const auto nothing = IdFilter::allow({});
  EXPECT_TRUE(index.search(queries, {.k = 10, .filter = &nothing})->hits.empty());
  const auto everything = IdFilter::exclude({});
  check_search(index, model, queries, {.k = 10, .filter = &everything},
               [](std::uint64_t) { return true; });
}

TEST_P(IndexContract, AFilterThatIsUsedAgainSeesWhatHasChanged) {
  constexpr std::size_t kRows = 3'000;
  const auto ids = numbers(kRows);
  Index index = build(random_rows(kRows, 12, 44), ids);
  Model model = stored(index, ids);
  const Matrix queries = normal_matrix(5, 12, 45);
  const auto odd = [](std::uint64_t id) { return id % 2 == 1; };
  std::vector<std::uint64_t> list;
  for (std::uint64_t id = 1; id < kRows + 400; id += 2) list.push_back(id);
  std::vector<std::uint64_t> others;
  for (std::uint64_t id = 0; id < kRows + 400; id += 2) others.push_back(id);
  const IdFilter filters[] = {IdFilter::allow(list), IdFilter::exclude(others),
                              IdFilter::where(odd)};
  const auto check = [&] {
    for (const IdFilter& filter : filters)
      for (int again = 0; again < 3; ++again)
        check_search(index, model, queries, {.k = 10, .filter = &filter}, odd);
  };
  check();
  // The best of before go, others come in their places.
  std::vector<std::uint64_t> best;
  const auto found = index.search(queries, {.k = 10, .filter = &filters[0]});
  for (const Hit& hit : found->hits) best.push_back(hit.id);
  ASSERT_TRUE(index.remove(best).has_value());
  for (const std::uint64_t id : best) model.erase(id);
  check();
  const auto more = numbers(400, kRows);
  ASSERT_TRUE(index.add(random_rows(400, 12, 46), more).has_value());
  for (const auto& [id, vector] : stored(index, more)) model[id] = vector;
  check();
}

TEST_P(IndexContract, FollowsAFilterThatLiesWhereTheQueryDoesNot) {
  // Only vectors on the far side pass.
  constexpr std::size_t kRows = 3'000;
  const Matrix rows = random_rows(kRows, 8, 32);
  const auto ids = numbers(kRows);
  const Index index = build(rows, ids);
  const float limit = fit(Matrix(1, 1)).row(0)[0] - (options().rows == RowType::u8 ? 7 : 1.2F);
  const auto far = [&](std::uint64_t id) { return rows.row(id)[0] < limit; };
  const auto filter = IdFilter::where(far);
  Matrix query(1, 8);
  query.row(0)[0] = 3;
  check_search(index, stored(index, ids), query, {.k = 10, .filter = &filter}, far);
}

TEST_P(IndexContract, KeepsWithinARadius) {
  const Index index = build(random_rows(500, 6, 33));
  const Matrix queries = normal_matrix(10, 6, 34);
  const auto all = index.search(queries, 40);
  ASSERT_TRUE(all.has_value());
  for (const std::size_t rank : {0, 1, 17, 39})
    for (std::size_t query = 0; query < queries.rows(); ++query) {
      const float radius = all->of(query)[rank].score;
      const auto near = index.search(queries.view().slice(query, 1), {.k = 40, .radius = radius});
      std::vector<Hit> expected;
      for (const Hit& hit : all->of(query))
        if (testing::advantage(metric(), hit.score, radius) >= 0) expected.push_back(hit);
      EXPECT_EQ(near->hits, expected);
    }
  const bool distance = index::traits_of(metric()).smaller_first;
  EXPECT_TRUE(index.search(queries, {.k = 5, .radius = distance ? -1.0F : 1e9F})->hits.empty());
  EXPECT_EQ(index.search(queries, {.k = 5, .radius = distance ? 1e9F : -1e9F})->hits.size(), 50);
  EXPECT_FALSE(index.search(queries, {.k = 5, .radius = std::numeric_limits<float>::quiet_NaN()})
                   .has_value());
}

TEST_P(IndexContract, SearchesByIdWithoutTheVectorItself) {
  const auto ids = numbers(400, 11, 5);
  const Index index = build(random_rows(400, 10, 35), ids);
  const Model model = stored(index, ids);
  const auto some = std::span(ids).subspan(50, 20);
  const auto found = index.search_by_id(some, {.k = 8});
  ASSERT_TRUE(found.has_value()) << message_of(found);
  std::size_t right = 0;
  for (std::size_t i = 0; i < some.size(); ++i)
    right += check_hits(model, model.at(some[i]), found->of(i), 8,
                        [&](std::uint64_t id) { return id != some[i]; });
  EXPECT_GE(static_cast<double>(right), GetParam().recall * 8 * 20);
  const auto filter = IdFilter::allow(some);
  const auto among = index.search_by_id(some, {.k = 50, .filter = &filter});
  for (std::size_t i = 0; i < some.size(); ++i) {
    EXPECT_EQ(among->of(i).size(), 19);
    for (const Hit& hit : among->of(i)) EXPECT_NE(hit.id, some[i]);
  }
  EXPECT_EQ(message_of(index.search_by_id(std::vector<std::uint64_t>{11, 12}, {.k = 1})),
            "the index has no id 12");
  EXPECT_EQ(message_of(index.vectors(std::vector<std::uint64_t>{11, 12})),
            "the index has no id 12");
}

TEST_P(IndexContract, AnswersTheSameInAnyBatchAndAtAnyNumberOfThreads) {
  const Matrix rows = random_rows(3'000, 20, 36);
  const Matrix queries = normal_matrix(19, 20, 37);
  set_threads(1);
  const auto expected = build(rows).search(queries, 7);
  for (const std::size_t count : {1, 2, 5}) {
    set_threads(count);
    const Index index = build(rows);
    EXPECT_EQ(index.search(queries, 7)->hits, expected->hits);
    for (std::size_t query = 0; query < queries.rows(); ++query) {
      const auto alone = index.search(queries.view().slice(query, 1), 7);
      EXPECT_TRUE(std::ranges::equal(alone->of(0), expected->of(query)));
    }
  }
  set_threads(0);
}

TEST_P(IndexContract, SavedMappedAndLoadedItAnswersTheSame) {
  const testing::TemporaryFolder folder;
  const auto ids = numbers(2'000, 3, 2);
  Index index = build(random_rows(2'000, 16, 38), ids);
  ASSERT_TRUE(index.remove(std::span(ids).subspan(300, 500)).has_value());
  const std::vector<std::uint64_t> left(ids.begin() + 800, ids.end());
  const Matrix queries = normal_matrix(6, 16, 39);
  ASSERT_TRUE(index.save(folder / "first").has_value());
  // Of an index and of a file that was mapped: the same bytes.
  ASSERT_TRUE(Index::open(folder / "first")->save(folder / "second").has_value());
  const auto filter = IdFilter::allow(std::span(ids).subspan(200, 700));
  for (const char* name : {"first", "second"})
    for (const OpenMode mode : {OpenMode::map, OpenMode::load}) {
      SCOPED_TRACE(std::string(name) + (mode == OpenMode::map ? " mapped" : " loaded"));
      auto opened = Index::open(folder / name, mode);
      ASSERT_TRUE(opened.has_value()) << message_of(opened);
      EXPECT_EQ(opened->size(), index.size());
      EXPECT_EQ(opened->dimensions(), 16);
      EXPECT_EQ(opened->metric(), metric());
      EXPECT_EQ(opened->type(), options().type);
      EXPECT_EQ(opened->row_type(), options().rows);
      EXPECT_EQ(opened->search(queries, 9)->hits, index.search(queries, 9)->hits);
      EXPECT_EQ(opened->search(queries, {.k = 9, .filter = &filter})->hits,
                index.search(queries, {.k = 9, .filter = &filter})->hits);
      EXPECT_EQ(stored(*opened, left), stored(index, left));
      EXPECT_EQ(opened->search_by_id(left, {.k = 3})->hits,
                index.search_by_id(left, {.k = 3})->hits);
      EXPECT_TRUE(opened->contains(left[0]));
      EXPECT_FALSE(opened->contains(ids[300]));
      if (mode == OpenMode::map) {
        for (const auto& refused :
             {message_of(opened->add(random_rows(1, 16, 40))), message_of(opened->remove(left))})
          EXPECT_THAT(refused, ::testing::AllOf(HasSubstr(name), HasSubstr("load")));
        continue;
      }
      ASSERT_TRUE(opened->add(random_rows(100, 16, 41), numbers(100, 10'000)).has_value());
      EXPECT_EQ(*opened->remove(std::span(left).first(50)), 50);
      EXPECT_EQ(opened->size(), index.size() + 50);
      std::vector<std::uint64_t> now(left.begin() + 50, left.end());
      for (std::uint64_t id = 10'000; id < 10'100; ++id) now.push_back(id);
      Model model = stored(*opened, now);
      for (const std::uint64_t id : std::span(ids).first(300))
        testing::put(model, *opened->vectors({&id, 1}), {&id, 1});
      check_search(*opened, model, queries, 10);
    }
}

TEST_P(IndexContract, TunesToARecallAndSavesIt) {
  const testing::TemporaryFolder folder;
  const auto ids = numbers(2'000);
  Index index = build(random_rows(2'000, 24, 42), ids);
  const auto tuned = index.tune(0.9, 5, normal_matrix(50, 24, 43));
  ASSERT_TRUE(tuned.has_value()) << message_of(tuned);
  EXPECT_GE(tuned->recall, 0.9);
  EXPECT_EQ(tuned->ef_search, index.ef_search());
  ASSERT_TRUE(index.save(folder / "tuned").has_value());
  EXPECT_EQ(Index::open(folder / "tuned")->ef_search(), index.ef_search());
  ASSERT_TRUE(index.tune(1.0).has_value());
  EXPECT_FALSE(index.tune(0).has_value());
  EXPECT_FALSE(index.tune(1.1).has_value());
  EXPECT_FALSE(index.tune(std::numeric_limits<double>::quiet_NaN()).has_value());
  EXPECT_FALSE(index.tune(0.9, 0).has_value());
}

INSTANTIATE_TEST_SUITE_P(All, IndexContract, ::testing::ValuesIn(testing::index_cases()),
                         testing::name_of_test);

}  // namespace
}  // namespace kindred
