#include "kindred/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <shared_mutex>
#include <utility>

#include "base/try_parallel_for.h"
#include "index/filter.h"
#include "index/ids.h"
#include "index/implementation.h"
#include "index/metrics.h"
#include "index/prepare.h"
#include "index/typed_rows.h"
#include "index/types.h"

namespace kindred {
namespace {

using index::Best;
using index::Implementation;
using index::MetricTraits;

/// Rows that one task prepares.
constexpr std::size_t kPrepareRows = 512;
/// Queries of tune(), where none are given, and the largest ef_search that it tries.
constexpr std::size_t kTuneQueries = 1000;
constexpr std::size_t kMostEfSearch = 1 << 14;

/// Rows as the metric wants them, and the lengths that they had.
struct PreparedRows {
  Matrix rows;
  std::vector<double> lengths;
  std::vector<std::uint64_t> ids;
  index::Prepared view() const { return {.rows = rows, .lengths = lengths, .ids = ids}; }
};

Result<PreparedRows> prepare_rows(MatrixView vectors, std::span<const std::uint64_t> ids,
                                  const IndexOptions& options, std::uint64_t next_id, bool empty) {
  if (!ids.empty() && ids.size() != vectors.rows())
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} ids for {} vectors", ids.size(), vectors.rows()));
  if (vectors.rows() > 0 && vectors.dimensions() == 0)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} vectors of 0 dimensions", vectors.rows()));
  KINDRED_TRY(index::check_distinct(ids));
  const MetricTraits& traits = index::traits_of(options.metric);
  PreparedRows prepared{.rows = Matrix(vectors.rows(), vectors.dimensions()),
                        .lengths = std::vector<double>(traits.unit_length ? vectors.rows() : 0),
                        .ids = std::vector<std::uint64_t>(ids.begin(), ids.end())};
  if (ids.empty()) {
    // 0 in an index of some rows: its largest id is the largest of all numbers.
    if (!empty && vectors.rows() > std::uint64_t{0} - next_id)
      return fail(ErrorCode::invalid_argument,
                  fmt::format("there are no {} numbers after the largest id", vectors.rows()));
    prepared.ids.resize(vectors.rows());
    std::iota(prepared.ids.begin(), prepared.ids.end(), next_id);
  }
  const auto prepare_some = [&](std::size_t task) -> Result<void> {
    const std::size_t end = std::min(vectors.rows(), (task + 1) * kPrepareRows);
    for (std::size_t row = task * kPrepareRows; row < end; ++row) {
      const double length = KINDRED_TRY(
          index::prepare(vectors.row(row), traits, "row", row, prepared.rows.row(row).data()));
      if (traits.unit_length) prepared.lengths[row] = length;
    }
    return {};
  };
  KINDRED_TRY(
      base::try_parallel_for((vectors.rows() + kPrepareRows - 1) / kPrepareRows, prepare_some));
  KINDRED_TRY(index::check_fit(options.rows, vectors, prepared.rows));
  return prepared;
}

Result<Matrix> prepare_queries(MatrixView queries, const Implementation& implementation) {
  // An index of nothing at all never learnt how many dimensions its vectors would have had.
  const bool any_dimensions = implementation.size() == 0 && implementation.dimensions() == 0;
  if (!queries.empty() && queries.dimensions() != implementation.dimensions() && !any_dimensions)
    return fail(ErrorCode::invalid_argument,
                fmt::format("the queries have {} dimensions, the index has {}",
                            queries.dimensions(), implementation.dimensions()));
  const MetricTraits& traits = index::traits_of(implementation.metric());
  Matrix prepared(queries.rows(), queries.dimensions());
  for (std::size_t query = 0; query < queries.rows(); ++query)
    KINDRED_TRY(
        index::prepare(queries.row(query), traits, "query", query, prepared.row(query).data()));
  return prepared;
}

Result<void> check(const SearchOptions& options) {
  if (options.k == 0) return fail(ErrorCode::invalid_argument, "k is 0, it must be at least 1");
  if (options.radius && std::isnan(*options.radius))
    return fail(ErrorCode::invalid_argument, "the radius is not a number");
  return {};
}

std::unexpected<Error> unknown_id(std::uint64_t id) {
  return fail(ErrorCode::not_found, fmt::format("the index has no id {}", id));
}

/// The stored rows of some ids, and the lengths that they had.
Result<Matrix> stored_rows(const Implementation& implementation, std::span<const std::uint64_t> ids,
                           std::vector<double>* lengths) {
  Matrix rows(ids.size(), implementation.dimensions());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    double length = 1;
    const bool found = KINDRED_TRY(implementation.row(ids[i], rows.row(i), length));
    if (!found) return unknown_id(ids[i]);
    if (lengths != nullptr) lengths->push_back(length);
  }
  return rows;
}

Hits hits_of(const std::vector<Best>& best, const MetricTraits& traits,
             std::optional<float> radius) {
  Hits hits;
  for (const Best& of_query : best) {
    for (const auto& [key, id] : of_query) {
      const float score = traits.smaller_first ? -key : key;
      if (radius && (traits.smaller_first ? score > *radius : score < *radius)) break;
      hits.hits.push_back({.id = id, .score = score});
    }
    hits.ends.push_back(hits.hits.size());
  }
  return hits;
}

}  // namespace

IdFilter IdFilter::allow(std::span<const std::uint64_t> ids) {
  return IdFilter(std::make_shared<const index::Filter>(index::Filter::allow(ids)));
}

IdFilter IdFilter::exclude(std::span<const std::uint64_t> ids) {
  return IdFilter(std::make_shared<const index::Filter>(index::Filter::exclude(ids)));
}

IdFilter IdFilter::where(std::function<bool(std::uint64_t)> passes) {
  return IdFilter(std::make_shared<const index::Filter>(index::Filter::where(std::move(passes))));
}

bool IdFilter::passes(std::uint64_t id) const { return filter_->passes(id); }

Index::Index(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

Result<Index> Index::build(MatrixView vectors, std::span<const std::uint64_t> ids,
                           const IndexOptions& options) {
  KINDRED_TRY(index::check(options));
  const auto prepared = KINDRED_TRY(prepare_rows(vectors, ids, options, 0, true));
  return Index(KINDRED_TRY(index::traits_of(options.type).build(prepared.view(), options)));
}

Result<Index> Index::open(const std::filesystem::path& path, OpenMode mode) {
  auto file = KINDRED_TRY(index::File::open(base::real_file_system(), path));
  for (const index::TypeTraits& type : index::all_types())
    if (type.name == file.about().type) return Index(KINDRED_TRY(type.open(std::move(file), mode)));
  return fail(ErrorCode::unsupported,
              fmt::format("{}: an index of type \"{}\"", path.string(), file.about().type));
}

Result<void> Index::save(const std::filesystem::path& path) const {
  return implementation_->save(base::real_file_system(), path);
}

Result<Hits> Index::search(MatrixView queries, const SearchOptions& options) const {
  KINDRED_TRY(check(options));
  const Matrix prepared = KINDRED_TRY(prepare_queries(queries, *implementation_));
  const index::Filter* filter = options.filter == nullptr ? nullptr : options.filter->filter_.get();
  const auto best = KINDRED_TRY(implementation_->search(
      prepared, {.k = options.k, .ef_search = options.ef_search, .filter = filter}));
  return hits_of(best, index::traits_of(metric()), options.radius);
}

Result<Hits> Index::search(MatrixView queries, std::size_t k) const {
  return search(queries, SearchOptions{.k = k});
}

Result<Hits> Index::search_by_id(std::span<const std::uint64_t> ids,
                                 const SearchOptions& options) const {
  KINDRED_TRY(check(options));
  const Matrix rows = KINDRED_TRY(stored_rows(*implementation_, ids, nullptr));
  const index::Filter* filter = options.filter == nullptr ? nullptr : options.filter->filter_.get();
  const auto best = KINDRED_TRY(implementation_->search(
      rows, {.k = options.k, .ef_search = options.ef_search, .filter = filter, .left_out = ids}));
  return hits_of(best, index::traits_of(metric()), options.radius);
}

Result<void> Index::add(MatrixView vectors, std::span<const std::uint64_t> ids) {
  const bool any_dimensions = size() == 0 && dimensions() == 0;
  if (!vectors.empty() && vectors.dimensions() != dimensions() && !any_dimensions)
    return fail(ErrorCode::invalid_argument,
                fmt::format("the vectors have {} dimensions, the index has {}",
                            vectors.dimensions(), dimensions()));
  // The numbers after the largest id are one call's at a time. Calls that bring their own ids may
  // run beside each other, but not between the choice of numbers and their use.
  std::unique_lock<index::FairSharedMutex> alone(implementation_->numbering(), std::defer_lock);
  std::shared_lock<index::FairSharedMutex> beside(implementation_->numbering(), std::defer_lock);
  if (ids.empty())
    alone.lock();
  else
    beside.lock();
  const auto prepared =
      KINDRED_TRY(prepare_rows(vectors, ids, {.metric = metric(), .rows = row_type()},
                               implementation_->next_id(), implementation_->size() == 0));
  if (prepared.ids.empty()) return {};
  return implementation_->add(prepared.view());
}

Result<std::size_t> Index::remove(std::span<const std::uint64_t> ids) {
  return implementation_->remove(ids);
}

Result<Tuning> Index::tune(double recall, std::size_t k, MatrixView queries) {
  if (!(recall > 0 && recall <= 1))
    return fail(ErrorCode::invalid_argument,
                fmt::format("a recall of {}: it lies above 0 and is at most 1", recall));
  if (k == 0) return fail(ErrorCode::invalid_argument, "k is 0, it must be at least 1");
  const Matrix given = KINDRED_TRY(prepare_queries(queries, *implementation_));
  if (type() == IndexType::flat || size() == 0) return Tuning{.ef_search = 0, .recall = 1};
  std::vector<std::uint64_t> sample;
  if (queries.empty()) sample = implementation_->sample_ids(kTuneQueries);
  const Matrix stored = KINDRED_TRY(stored_rows(*implementation_, sample, nullptr));
  const MatrixView prepared = queries.empty() ? stored : given;
  index::Request request{.k = k, .left_out = sample};
  const auto exact = KINDRED_TRY(implementation_->search_exact(prepared, request));
  const auto recall_at = [&](std::size_t ef_search) -> Result<double> {
    request.ef_search = ef_search;
    const auto found = KINDRED_TRY(implementation_->search(prepared, request));
    std::size_t wanted = 0;
    std::size_t returned = 0;
    for (std::size_t query = 0; query < exact.size(); ++query) {
      wanted += exact[query].size();
      // By key: among equals any is right.
      if (exact[query].empty()) continue;
      const float worst = exact[query].back().score;
      returned += static_cast<std::size_t>(
          std::ranges::count_if(found[query], [&](const auto& hit) { return hit.score >= worst; }));
    }
    return wanted == 0 ? 1.0 : static_cast<double>(returned) / static_cast<double>(wanted);
  };
  // Doubling finds a bracket, halving the smallest in it: recall grows with ef_search but for
  // chance.
  std::size_t enough = k;
  double reached = KINDRED_TRY(recall_at(enough));
  std::size_t few = enough - 1;
  while (reached < recall && enough < kMostEfSearch) {
    few = enough;
    enough *= 2;
    reached = KINDRED_TRY(recall_at(enough));
  }
  while (few + 1 < enough) {
    const std::size_t middle = few + (enough - few) / 2;
    const double at_middle = KINDRED_TRY(recall_at(middle));
    if (at_middle >= recall) {
      enough = middle;
      reached = at_middle;
    } else {
      few = middle;
    }
  }
  implementation_->set_ef_search(enough);
  return Tuning{.ef_search = enough, .recall = reached};
}

bool Index::contains(std::uint64_t id) const { return implementation_->contains(id); }

Result<Matrix> Index::vectors(std::span<const std::uint64_t> ids) const {
  std::vector<double> lengths;
  Matrix rows = KINDRED_TRY(stored_rows(*implementation_, ids, &lengths));
  for (std::size_t row = 0; row < rows.rows(); ++row)
    if (lengths[row] != 1)
      for (float& value : rows.row(row)) value = static_cast<float>(value * lengths[row]);
  if (row_type() == RowType::u8)
    for (float& value : rows.values()) value = std::round(value);
  return rows;
}

std::size_t Index::size() const { return implementation_->size(); }
std::size_t Index::dimensions() const { return implementation_->dimensions(); }
Metric Index::metric() const { return implementation_->metric(); }
IndexType Index::type() const { return implementation_->type(); }
RowType Index::row_type() const { return implementation_->row_type(); }
std::size_t Index::ef_search() const { return implementation_->ef_search(); }
std::size_t Index::memory_bytes() const { return implementation_->memory_bytes(); }

}  // namespace kindred
