#include "index/flat.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <utility>

#include "base/thread_pool.h"
#include "index/metrics.h"
#include "index/prepare.h"
#include "kindred/threads.h"

namespace kindred::index {
namespace {

/// Queries that share a block of rows while it is in the cache.
constexpr std::size_t kGroupQueries = 8;
constexpr std::size_t kBlockBytes = std::size_t{128} << 10;
constexpr std::size_t kMostBlockRows = 1024;
/// Rows below which a thread of its own is not worth its start.
constexpr std::size_t kFewestRows = 4096;
/// Rows that one task of build() prepares.
constexpr std::size_t kPrepareRows = 512;

std::size_t block_rows(std::size_t dimensions) {
  const std::size_t fitting = kBlockBytes / (std::max<std::size_t>(dimensions, 1) * sizeof(float));
  return std::clamp<std::size_t>(fitting / 4 * 4, 4, kMostBlockRows);
}

Result<void> check_distinct(std::span<const std::uint64_t> ids) {
  // Ascending ids, the ordinary case, need no sorted copy.
  if (std::ranges::adjacent_find(ids, std::greater_equal()) == ids.end()) return {};
  std::vector<std::uint64_t> sorted(ids.begin(), ids.end());
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice == sorted.end()) return {};
  const auto first = std::ranges::find(ids, *twice);
  const auto second = std::find(first + 1, ids.end(), *twice);
  return fail(ErrorCode::invalid_argument,
              fmt::format("id {} is given twice, to row {} and to row {}", *twice,
                          first - ids.begin(), second - ids.begin()));
}

/// Calls body(item) for each item, on all threads; the error of the lowest item that failed.
template <typename Body>
Result<void> try_parallel_for(std::size_t count, const Body& body) {
  std::vector<Result<void>> results(count);
  base::parallel_for(count, [&](std::size_t item, std::size_t) { results[item] = body(item); });
  const auto failed = std::ranges::find_if(results, [](const auto& r) { return !r.has_value(); });
  return failed == results.end() ? Result<void>() : std::move(*failed);
}

}  // namespace

Result<Flat> Flat::build(MatrixView vectors, std::span<const std::uint64_t> ids, Metric metric) {
  const std::size_t rows = vectors.rows();
  const std::size_t dimensions = vectors.dimensions();
  if (rows > 0 && dimensions == 0)
    return fail(ErrorCode::invalid_argument, fmt::format("{} vectors of 0 dimensions", rows));
  if (!ids.empty() && ids.size() != rows)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} ids for {} vectors", ids.size(), rows));
  KINDRED_TRY(check_distinct(ids));

  Flat flat;
  flat.rows_ = HugeArray<float>(vectors.values().size());
  flat.ids_.assign(ids.begin(), ids.end());
  if (ids.empty()) {
    flat.ids_.resize(rows);
    std::iota(flat.ids_.begin(), flat.ids_.end(), std::uint64_t{0});
  }
  const MetricTraits& traits = traits_of(metric);
  if (traits.unit_length) flat.lengths_.resize(rows);
  const auto prepare_rows = [&](std::size_t task) -> Result<void> {
    const std::size_t end = std::min(rows, (task + 1) * kPrepareRows);
    for (std::size_t row = task * kPrepareRows; row < end; ++row) {
      const double length = KINDRED_TRY(
          prepare(vectors.row(row), traits, "row", row, flat.rows_.data() + row * dimensions));
      if (traits.unit_length) flat.lengths_[row] = length;
    }
    return {};
  };
  KINDRED_TRY(try_parallel_for((rows + kPrepareRows - 1) / kPrepareRows, prepare_rows));
  flat.contents_ = {.type = kType,
                    .metric = metric,
                    .rows = {flat.rows_.data(), rows, dimensions},
                    .ids = flat.ids_,
                    .lengths = flat.lengths_};
  return {std::move(flat)};
}

Result<Flat> Flat::open(File file, OpenMode mode) {
  Flat flat;
  flat.contents_ = file.contents();
  flat.contents_.type = kType;
  if (mode == OpenMode::map) {
    flat.file_ = std::move(file);
    return {std::move(flat)};
  }
  KINDRED_TRY(file.verify_all());
  const Contents& contents = file.contents();
  flat.rows_ = HugeArray<float>(contents.rows.values().size());
  std::ranges::copy(contents.rows.values(), flat.rows_.data());
  flat.ids_.assign(contents.ids.begin(), contents.ids.end());
  flat.lengths_.assign(contents.lengths.begin(), contents.lengths.end());
  KINDRED_TRY(check_distinct(flat.ids_));
  flat.contents_.rows = {flat.rows_.data(), contents.rows.rows(), contents.rows.dimensions()};
  flat.contents_.ids = flat.ids_;
  flat.contents_.lengths = flat.lengths_;
  return {std::move(flat)};
}

Result<void> Flat::save(base::FileSystem& files, const std::filesystem::path& path) const {
  if (file_) KINDRED_TRY(file_->verify_all());
  return write_file(files, path, contents_);
}

/// Offers the rows [begin, end) to each query's best.
Result<void> Flat::scan(MatrixView queries, std::size_t begin, std::size_t end,
                        std::span<simd::TopK> best) const {
  const MetricTraits& traits = traits_of(contents_.metric);
  const simd::MeasureRows measure = traits.kernel();
  const std::size_t dimensions = contents_.rows.dimensions();
  const std::size_t block = block_rows(dimensions);
  std::array<float, kMostBlockRows> keys;
  for (std::size_t row = begin; row < end; row += block) {
    const std::size_t count = std::min(block, end - row);
    if (file_) KINDRED_TRY(file_->verify_rows(row, count));
    for (std::size_t query = 0; query < queries.rows(); ++query) {
      measure(queries.row(query).data(), contents_.rows.row(row).data(), count, dimensions,
              keys.data());
      if (traits.smaller_first)
        for (std::size_t i = 0; i < count; ++i) keys[i] = -keys[i];
      best[query].offer(std::span(keys).first(count), contents_.ids.subspan(row, count));
    }
  }
  return {};
}

Result<std::vector<std::vector<simd::Scored>>> Flat::search(MatrixView queries,
                                                            std::size_t k) const {
  const std::size_t rows = contents_.rows.rows();
  const std::size_t groups = (queries.rows() + kGroupQueries - 1) / kGroupQueries;
  const std::size_t most_parts = std::max<std::size_t>(rows / kFewestRows, 1);
  const std::size_t parts =
      groups == 0 ? 1 : std::clamp<std::size_t>((threads() + groups - 1) / groups, 1, most_parts);
  // A query's best of each part of the rows, part by part.
  std::vector<simd::TopK> best(parts * queries.rows(), simd::TopK(k));
  KINDRED_TRY(try_parallel_for(groups * parts, [&](std::size_t item) {
    const std::size_t part = item % parts;
    const std::size_t first = item / parts * kGroupQueries;
    const std::size_t count = std::min(kGroupQueries, queries.rows() - first);
    return scan(queries.slice(first, count), rows / parts * part,
                part + 1 == parts ? rows : rows / parts * (part + 1),
                std::span(best).subspan(part * queries.rows() + first, count));
  }));
  std::vector<std::vector<simd::Scored>> results(queries.rows());
  for (std::size_t query = 0; query < queries.rows(); ++query) {
    for (std::size_t part = 1; part < parts; ++part)
      best[query].merge(best[part * queries.rows() + query]);
    results[query] = best[query].take();
  }
  return results;
}

}  // namespace kindred::index
