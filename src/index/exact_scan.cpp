#include "index/exact_scan.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "base/try_parallel_for.h"
#include "index/contenders.h"
#include "kindred/threads.h"
#include "simd/panel_dot.h"

namespace kindred::index {
namespace {

using Best = std::vector<simd::Scored>;

/// Queries that share a block of rows while it is in the cache.
constexpr std::size_t kGroupQueries = 8;
constexpr std::size_t kBlockBytes = std::size_t{128} << 10;
constexpr std::size_t kMostBlockRows = 1024;
/// The same for the screen, whose products are a matrix: what it reads once serves more queries,
/// and the products of a block of rows with all of them stay in the cache too.
constexpr std::size_t kGroupScreened = 128;
constexpr std::size_t kScreenRows = 256;
/// Rows below which a thread of its own is not worth its start.
constexpr std::size_t kFewestRows = 4096;
/// Reading a row of a list costs about as much as this many that a scan goes past.
constexpr std::size_t kLookUp = 4;
constexpr std::size_t kLookUpScreened = 16;
/// The screen needs at least this many rows for each of the k best, to have something to sort out.
constexpr std::size_t kLeastToScreen = 16;
/// Contenders whose rows are on the way from memory while one is scored.
constexpr std::size_t kRowsAhead = 4;

/// A scan of rows whose values have type Row.
template <class Row>
class Scan {
 public:
  Scan(const MetricTraits& metric, std::size_t k, const ScanRows& rows,
       std::optional<std::span<const std::uint32_t>> only)
      : metric_(metric),
        measure_(metric.kernels().template of<Row>()),
        k_(std::min(k, only ? only->size() : rows.count)),
        rows_(rows),
        only_(only) {
    const std::size_t considered = only_ ? only_->size() : rows.count;
    screened_ = rows.screen != nullptr && RowScreen::serves(metric.metric) &&
                k_ * kLeastToScreen <= considered;
    listed_ = only_ && considered * (screened_ ? kLookUpScreened : kLookUp) <= rows.count;
    screened_ = screened_ && !listed_;
    if (only_ && !listed_) {
      passes_.resize(rows.count);
      for (const std::uint32_t row : *only_) passes_[row] = true;
    }
  }

  Result<std::vector<Best>> search(MatrixView queries) const;

 private:
  /// A query on its way through the rows behind the screen.
  struct Progress {
    std::span<const float> query;
    RoundedQuery rounded;
    Contenders contenders;
    /// Whether the bounds decide nothing: the plain scan goes on from here.
    bool plain = false;
    std::size_t seen = 0;  ///< rows, since the contenders were last scored
  };

  const Row* row(std::size_t i) const {
    return static_cast<const Row*>(rows_.chunks[i / rows_.chunk_rows]) +
           i % rows_.chunk_rows * rows_.dimensions;
  }
  /// How many of `count` rows from one on stand beside each other.
  std::size_t together(std::size_t i, std::size_t count) const {
    return std::min(count, rows_.chunk_rows - i % rows_.chunk_rows);
  }
  Result<void> verify(std::size_t begin, std::size_t count) const {
    return rows_.verify ? rows_.verify(begin, count) : Result<void>();
  }

  void measure(std::span<const float> query, std::size_t begin, std::size_t count,
               float* keys) const;
  void score(std::span<const float> query, std::size_t begin, std::size_t count,
             simd::TopK& best) const;
  Result<void> score_list(MatrixView queries, std::size_t begin, std::size_t end,
                          std::span<simd::TopK> best) const;
  Result<void> scan(MatrixView queries, std::size_t begin, std::size_t end,
                    std::span<simd::TopK> best) const;
  Result<void> scan_screened(MatrixView queries, std::size_t begin, std::size_t end,
                             std::span<simd::TopK> best) const;
  Result<void> screen(const std::int32_t* products, std::size_t begin, std::size_t count,
                      Progress& progress, simd::TopK& best) const;
  Result<void> settle(Progress& progress, simd::TopK& best) const;
  void fetch(std::size_t i) const;

  const MetricTraits& metric_;
  simd::MeasureRowsOf<Row> measure_;
  simd::Screen screen_ = simd::screen();
  std::size_t k_;
  const ScanRows& rows_;
  std::optional<std::span<const std::uint32_t>> only_;
  bool screened_ = false;
  bool listed_ = false;  ///< the rows of the list are so few that only they are read
  std::vector<bool> passes_;
};

/// The keys of rows that stand together.
template <class Row>
void Scan<Row>::measure(std::span<const float> query, std::size_t begin, std::size_t count,
                        float* keys) const {
  measure_(query.data(), row(begin), count, rows_.dimensions, keys);
  if (!rows_.lengths.empty())
    for (std::size_t i = 0; i < count; ++i)
      if (const double length = rows_.lengths[begin + i]; length > 0)
        keys[i] = static_cast<float>(keys[i] / length);
  if (metric_.smaller_first)
    for (std::size_t i = 0; i < count; ++i) keys[i] = -keys[i];
}

/// Scores rows that stand together, at most kMostBlockRows of them.
template <class Row>
void Scan<Row>::score(std::span<const float> query, std::size_t begin, std::size_t count,
                      simd::TopK& best) const {
  std::array<float, kMostBlockRows> keys;
  measure(query, begin, count, keys.data());
  if (passes_.empty()) {
    best.offer(std::span(keys).first(count), rows_.ids.subspan(begin, count));
    return;
  }
  std::array<std::uint64_t, kMostBlockRows> ids;
  std::size_t passed = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (passes_[begin + i]) {
      keys[passed] = keys[i];
      ids[passed++] = rows_.ids[begin + i];
    }
  best.offer(std::span(keys).first(passed), std::span(ids).first(passed));
}

/// Offers rows [begin, end) of the list to each query's best.
template <class Row>
Result<void> Scan<Row>::score_list(MatrixView queries, std::size_t begin, std::size_t end,
                                   std::span<simd::TopK> best) const {
  for (std::size_t i = begin; i < end; ++i) {
    if (i + kRowsAhead < end) fetch((*only_)[i + kRowsAhead]);
    const std::uint32_t place = (*only_)[i];
    KINDRED_TRY(verify(place, 1));
    for (std::size_t query = 0; query < queries.rows(); ++query)
      score(queries.row(query), place, 1, best[query]);
  }
  return {};
}

/// Offers rows [begin, end) to each query's best.
template <class Row>
Result<void> Scan<Row>::scan(MatrixView queries, std::size_t begin, std::size_t end,
                             std::span<simd::TopK> best) const {
  const std::size_t fitting =
      kBlockBytes / (std::max<std::size_t>(rows_.dimensions, 1) * sizeof(Row));
  const std::size_t block = std::clamp<std::size_t>(fitting, 4, kMostBlockRows);
  for (std::size_t at = begin; at < end;) {
    const std::size_t count = together(at, std::min(block, end - at));
    KINDRED_TRY(verify(at, count));
    for (std::size_t query = 0; query < queries.rows(); ++query)
      score(queries.row(query), at, count, best[query]);
    at += count;
  }
  return {};
}

/// Asks for a row's memory.
template <class Row>
void Scan<Row>::fetch(std::size_t i) const {
  constexpr std::size_t kLine = 64 / sizeof(Row);
  const Row* values = row(i);
  for (std::size_t at = 0; at < rows_.dimensions; at += kLine) __builtin_prefetch(values + at);
}

/// Scores the contenders until none of the others can be among the best.
template <class Row>
Result<void> Scan<Row>::settle(Progress& progress, simd::TopK& best) const {
  const std::vector<Contender> rows = progress.contenders.take();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const float bar = std::max(progress.contenders.bar(), progress.rounded.bar(best.bar()));
    if (rows[i].highest < bar) break;
    if (i + kRowsAhead < rows.size()) fetch(rows[i + kRowsAhead].row);
    KINDRED_TRY(verify(rows[i].row, 1));
    float key = 0;
    measure(progress.query, rows[i].row, 1, &key);
    best.offer(simd::Scored{key, rows_.ids[rows[i].row]});
  }
  progress.contenders.raise_bar(progress.rounded.bar(best.bar()));
  progress.seen = 0;
  return {};
}

/// Takes up those of `count` rows that may be among a query's best.
template <class Row>
Result<void> Scan<Row>::screen(const std::int32_t* products, std::size_t begin, std::size_t count,
                               Progress& progress, simd::TopK& best) const {
  if (progress.plain) {
    for (std::size_t at = begin; at < begin + count;) {
      const std::size_t some = together(at, begin + count - at);
      KINDRED_TRY(verify(at, some));
      score(progress.query, at, some, best);
      at += some;
    }
    return {};
  }
  std::array<simd::Passed, RowScreen::kBlockRows> passed;
  Contenders& contenders = progress.contenders;
  const std::size_t found = screen_(products, rows_.screen->facts(begin), progress.rounded.bounds,
                                    count, contenders.bar(), passed.data());
  for (const simd::Passed& row : std::span(passed).first(found)) {
    const auto place = static_cast<std::uint32_t>(begin + row.place);
    if (passes_.empty() || passes_[place]) contenders.offer(place, row.lowest, row.highest);
  }
  progress.seen += count;
  if (!contenders.crowded()) return {};
  contenders.prune();
  if (!contenders.crowded()) return {};
  // More than half of what came past is still there: reading it twice is no bargain.
  progress.plain = contenders.size() > progress.seen / 2;
  return settle(progress, best);
}

/// As scan(), with the screen before the rows. begin: a multiple of RowScreen::kBlockRows.
template <class Row>
Result<void> Scan<Row>::scan_screened(MatrixView queries, std::size_t begin, std::size_t end,
                                      std::span<simd::TopK> best) const {
  const RowScreen& screen_of_rows = *rows_.screen;
  const simd::PanelDots dots = simd::panel_dots();
  std::vector<std::int8_t> codes(queries.rows() * screen_of_rows.query_bytes());
  std::vector<Progress> progress;
  progress.reserve(queries.rows());
  for (std::size_t query = 0; query < queries.rows(); ++query) {
    progress.push_back({.query = queries.row(query), .rounded = {}, .contenders = Contenders(k_)});
    progress.back().plain = !screen_of_rows.round(
        queries.row(query), metric_.metric, codes.data() + query * screen_of_rows.query_bytes(),
        progress.back().rounded);
  }
  // A lone query is fastest in long runs, many in blocks that stay in the cache.
  const std::size_t block = queries.rows() == 1 ? RowScreen::kBlockRows : kScreenRows;
  std::vector<std::int32_t> products(queries.rows() * block);
  for (std::size_t at = begin; at < end; at += block) {
    const std::size_t count = std::min(block, end - at);
    const std::size_t panels = (count + simd::kPanelRows - 1) / simd::kPanelRows;
    if (!std::ranges::all_of(progress, &Progress::plain))
      dots.run(codes.data(), queries.rows(), simd::panel_groups(rows_.dimensions),
               screen_of_rows.codes(at), panels, products.data());
    for (std::size_t query = 0; query < queries.rows(); ++query)
      KINDRED_TRY(screen(products.data() + query * panels * simd::kPanelRows, at, count,
                         progress[query], best[query]));
  }
  for (std::size_t query = 0; query < queries.rows(); ++query)
    KINDRED_TRY(settle(progress[query], best[query]));
  return {};
}

template <class Row>
Result<std::vector<Best>> Scan<Row>::search(MatrixView queries) const {
  std::vector<Best> results(queries.rows());
  if (k_ == 0 || queries.empty()) return results;
  const std::size_t group = screened_ ? kGroupScreened : kGroupQueries;
  const std::size_t groups = (queries.rows() + group - 1) / group;
  const std::size_t count = listed_ ? only_->size() : rows_.count;
  const std::size_t most_parts = std::max<std::size_t>(count / kFewestRows, 1);
  const std::size_t parts =
      std::clamp<std::size_t>((threads() + groups - 1) / groups, 1, most_parts);
  const auto first_row = [&](std::size_t part) {
    return part == parts ? count
                         : count * part / parts / RowScreen::kBlockRows * RowScreen::kBlockRows;
  };
  // A query's best of each part of the rows, part by part.
  std::vector<simd::TopK> best(parts * queries.rows(), simd::TopK(k_));
  KINDRED_TRY(base::try_parallel_for(groups * parts, [&](std::size_t item) {
    const std::size_t part = item % parts;
    const std::size_t first = item / parts * group;
    const MatrixView some = queries.slice(first, std::min(group, queries.rows() - first));
    const auto bests = std::span(best).subspan(part * queries.rows() + first, some.rows());
    const std::size_t begin = first_row(part);
    const std::size_t end = first_row(part + 1);
    if (listed_) return score_list(some, begin, end, bests);
    return screened_ ? scan_screened(some, begin, end, bests) : scan(some, begin, end, bests);
  }));
  for (std::size_t query = 0; query < queries.rows(); ++query) {
    for (std::size_t part = 1; part < parts; ++part)
      best[query].merge(best[part * queries.rows() + query]);
    results[query] = best[query].take();
  }
  return results;
}

}  // namespace

Result<std::vector<Best>> exact_scan(MatrixView queries, const MetricTraits& metric, std::size_t k,
                                     const ScanRows& rows,
                                     std::optional<std::span<const std::uint32_t>> only) {
  assert(k > 0 && rows.ids.size() == rows.count);
  assert(rows.screen == nullptr || rows.screen->rows() == rows.count);
  switch (rows.type) {
    case RowType::f32:
      return Scan<float>(metric, k, rows, only).search(queries);
    case RowType::f16:
      return Scan<simd::Half>(metric, k, rows, only).search(queries);
    case RowType::u8:
      return Scan<std::uint8_t>(metric, k, rows, only).search(queries);
  }
  std::unreachable();
}

}  // namespace kindred::index
