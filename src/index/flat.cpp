#include "index/flat.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "base/try_parallel_for.h"
#include "index/ids.h"
#include "index/metrics.h"
#include "kindred/threads.h"

namespace kindred::index {
namespace {

/// Queries that share a block of rows while it is in the cache.
constexpr std::size_t kGroupQueries = 8;
constexpr std::size_t kBlockBytes = std::size_t{128} << 10;
constexpr std::size_t kMostBlockRows = 1024;
/// Rows below which a thread of its own is not worth its start.
constexpr std::size_t kFewestRows = 4096;
/// A row that is looked up costs about as much as this many that a scan goes past.
constexpr std::size_t kLookUp = 4;

constexpr std::size_t kMostRows = (std::size_t{1} << 31) - 1;

std::size_t block_rows(std::size_t dimensions) {
  const std::size_t fitting = kBlockBytes / (std::max<std::size_t>(dimensions, 1) * sizeof(float));
  return std::clamp<std::size_t>(fitting / 4 * 4, 4, kMostBlockRows);
}

}  // namespace

Flat::Flat(Metric metric, std::size_t dimensions) : metric_(metric), dimensions_(dimensions) {}

Result<std::unique_ptr<Flat>> Flat::build(const Prepared& rows, const IndexOptions& options) {
  auto flat = std::make_unique<Flat>(options.metric, rows.rows.dimensions());
  KINDRED_TRY(flat->add(rows));
  return flat;
}

Result<std::unique_ptr<Flat>> Flat::open(File file, OpenMode mode) {
  const Contents& contents = file.contents();
  auto flat = std::make_unique<Flat>(contents.metric, contents.rows.dimensions());
  if (mode == OpenMode::map) {
    flat->file_ = std::move(file);
    return flat;
  }
  KINDRED_TRY(file.verify_all());
  KINDRED_TRY(check_distinct(contents.ids));
  KINDRED_TRY(flat->add({.rows = contents.rows, .lengths = contents.lengths, .ids = contents.ids}));
  return flat;
}

MatrixView Flat::rows() const {
  return file_ ? file_->contents().rows : MatrixView(rows_.data(), ids_.size(), dimensions_);
}

std::span<const std::uint64_t> Flat::ids() const {
  return file_ ? file_->contents().ids : std::span<const std::uint64_t>(ids_);
}

std::size_t Flat::size() const {
  const std::shared_lock lock(mutex_);
  return ids().size();
}

std::size_t Flat::dimensions() const {
  const std::shared_lock lock(mutex_);
  return dimensions_;
}

std::size_t Flat::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  return ids_.size() * (dimensions_ * sizeof(float) + sizeof(std::uint64_t)) +
         lengths_.size() * sizeof(double) + row_of_.bytes();
}

std::uint64_t Flat::next_id() const {
  const std::shared_lock lock(mutex_);
  return ids().empty() ? 0 : std::ranges::max(ids()) + 1;
}

std::optional<std::size_t> Flat::find(std::uint64_t id) const {
  if (file_) {
    const auto found = std::ranges::find(ids(), id);
    if (found == ids().end()) return std::nullopt;
    return found - ids().begin();
  }
  const std::uint32_t row = row_of_.find(id);
  if (row == row_of_.kNowhere) return std::nullopt;
  return row;
}

bool Flat::contains(std::uint64_t id) const {
  const std::shared_lock lock(mutex_);
  return find(id).has_value();
}

Result<bool> Flat::row(std::uint64_t id, std::span<float> to, double& length) const {
  const std::shared_lock lock(mutex_);
  const auto row = find(id);
  if (!row) return false;
  if (file_) {
    KINDRED_TRY(file_->verify_rows(*row, 1));
    if (!file_->contents().lengths.empty()) KINDRED_TRY(file_->verify_all());
  }
  std::ranges::copy(rows().row(*row), to.begin());
  const auto lengths = file_ ? file_->contents().lengths : std::span<const double>(lengths_);
  length = lengths.empty() ? 1 : lengths[*row];
  return true;
}

std::vector<std::uint64_t> Flat::sample_ids(std::size_t count) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::uint64_t> sample;
  const auto all = ids();
  count = std::min(count, all.size());
  for (std::size_t i = 0; i < count; ++i) sample.push_back(all[i * all.size() / count]);
  return sample;
}

void Flat::reserve(std::size_t rows) {
  row_of_.reserve(rows);
  if (rows * dimensions_ <= rows_.size()) return;
  // From nothing exactly, then by halves: a row is copied three times at most, on average.
  HugeArray<float> larger(std::max(rows, ids_.empty() ? 0 : ids_.size() + ids_.size() / 2) *
                          dimensions_);
  std::copy_n(rows_.data(), ids_.size() * dimensions_, larger.data());
  rows_ = std::move(larger);
}

Result<void> Flat::add(const Prepared& added) {
  const std::unique_lock lock(mutex_);
  if (file_) return read_only(file_->path());
  if (dimensions_ == 0) dimensions_ = added.rows.dimensions();
  std::size_t fresh = 0;
  for (const std::uint64_t id : added.ids)
    if (row_of_.find(id) == row_of_.kNowhere) ++fresh;
  if (ids_.size() + fresh > kMostRows)
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("{} rows and {} more: an index holds up to {}", ids_.size(), fresh, kMostRows));
  reserve(ids_.size() + fresh);
  for (std::size_t i = 0; i < added.ids.size(); ++i) {
    std::uint32_t row = row_of_.find(added.ids[i]);
    if (row == row_of_.kNowhere) {
      row = static_cast<std::uint32_t>(ids_.size());
      ids_.push_back(added.ids[i]);
      if (!added.lengths.empty()) lengths_.push_back(added.lengths[i]);
      row_of_.put(added.ids[i], row);
    } else if (!added.lengths.empty()) {
      lengths_[row] = added.lengths[i];
    }
    std::ranges::copy(added.rows.row(i), rows_.data() + row * dimensions_);
  }
  return {};
}

Result<std::size_t> Flat::remove(std::span<const std::uint64_t> ids) {
  const std::unique_lock lock(mutex_);
  if (file_) return read_only(file_->path());
  std::size_t removed = 0;
  for (const std::uint64_t id : ids) {
    const std::uint32_t hole = row_of_.find(id);
    if (hole == row_of_.kNowhere) continue;
    row_of_.remove(id);
    // The last row takes its place.
    const std::size_t last = ids_.size() - 1;
    if (hole != last) {
      row_of_.put(ids_[last], hole);
      ids_[hole] = ids_[last];
      std::copy_n(rows_.data() + last * dimensions_, dimensions_,
                  rows_.data() + hole * dimensions_);
      if (!lengths_.empty()) lengths_[hole] = lengths_[last];
    }
    ids_.pop_back();
    if (!lengths_.empty()) lengths_.pop_back();
    ++removed;
  }
  return removed;
}

Result<void> Flat::save(base::FileSystem& files, const std::filesystem::path& path) const {
  const std::shared_lock lock(mutex_);
  if (file_) {
    KINDRED_TRY(file_->verify_all());
    return write_file(files, path, file_->contents());
  }
  return write_file(
      files, path,
      {.type = kType, .metric = metric_, .rows = rows(), .ids = ids_, .lengths = lengths_});
}

/// Offers the rows [begin, end) to each query's best.
Result<void> Flat::scan(MatrixView queries, std::size_t begin, std::size_t end,
                        const Filter* filter, std::span<simd::TopK> best) const {
  const MetricTraits& traits = traits_of(metric_);
  const simd::MeasureRows measure = traits.kernels().floats;
  const std::size_t block = block_rows(dimensions_);
  std::array<float, kMostBlockRows> keys;
  std::array<std::uint64_t, kMostBlockRows> passing;
  std::array<std::uint32_t, kMostBlockRows> places;
  for (std::size_t row = begin; row < end; row += block) {
    const std::size_t count = std::min(block, end - row);
    if (file_) KINDRED_TRY(file_->verify_rows(row, count));
    std::size_t passed = 0;
    if (filter != nullptr) {
      for (std::size_t i = 0; i < count; ++i)
        if (filter->passes(ids()[row + i])) {
          places[passed] = static_cast<std::uint32_t>(i);
          passing[passed++] = ids()[row + i];
        }
      if (passed == 0) continue;
    }
    for (std::size_t query = 0; query < queries.rows(); ++query) {
      measure(queries.row(query).data(), rows().row(row).data(), count, dimensions_, keys.data());
      if (traits.smaller_first)
        for (std::size_t i = 0; i < count; ++i) keys[i] = -keys[i];
      if (filter == nullptr) {
        best[query].offer(std::span(keys).first(count), ids().subspan(row, count));
        continue;
      }
      for (std::size_t i = 0; i < passed; ++i) keys[i] = keys[places[i]];
      best[query].offer(std::span(keys).first(passed), std::span(passing).first(passed));
    }
  }
  return {};
}

/// Offers the rows of some ids to each query's best.
Result<void> Flat::score_list(MatrixView queries, std::span<const std::uint64_t> allowed,
                              std::span<simd::TopK> best) const {
  const MetricTraits& traits = traits_of(metric_);
  const simd::MeasureRows measure = traits.kernels().floats;
  for (const std::uint64_t id : allowed) {
    const std::uint32_t row = row_of_.find(id);
    if (row == row_of_.kNowhere) continue;
    for (std::size_t query = 0; query < queries.rows(); ++query) {
      float key = 0;
      measure(queries.row(query).data(), rows_.data() + row * dimensions_, 1, dimensions_, &key);
      best[query].offer(simd::Scored{traits.smaller_first ? -key : key, id});
    }
  }
  return {};
}

Result<std::vector<Best>> Flat::search(MatrixView queries, const Request& request) const {
  const std::shared_lock lock(mutex_);
  const std::size_t count = ids().size();
  if (count == 0) return std::vector<Best>(queries.rows());
  const std::size_t left_out = request.left_out.empty() ? 0 : 1;
  const std::size_t k = std::min(request.k, count) + left_out;
  const Filter* filter = request.filter;
  const bool by_list =
      filter != nullptr && filter->is_list() && !file_ && kLookUp * filter->ids().size() < count;
  const std::size_t groups = (queries.rows() + kGroupQueries - 1) / kGroupQueries;
  const std::size_t most_parts = by_list ? 1 : std::max<std::size_t>(count / kFewestRows, 1);
  const std::size_t parts =
      groups == 0 ? 1 : std::clamp<std::size_t>((threads() + groups - 1) / groups, 1, most_parts);
  // A query's best of each part of the rows, part by part.
  std::vector<simd::TopK> best(parts * queries.rows(), simd::TopK(k));
  const auto search_some = [&](std::size_t item) -> Result<void> {
    const std::size_t part = item % parts;
    const std::size_t first = item / parts * kGroupQueries;
    const std::size_t some = std::min(kGroupQueries, queries.rows() - first);
    const auto bests = std::span(best).subspan(part * queries.rows() + first, some);
    if (by_list) return score_list(queries.slice(first, some), filter->ids(), bests);
    return scan(queries.slice(first, some), count / parts * part,
                part + 1 == parts ? count : count / parts * (part + 1), filter, bests);
  };
  KINDRED_TRY(base::try_parallel_for(groups * parts, search_some));
  std::vector<Best> results(queries.rows());
  for (std::size_t query = 0; query < queries.rows(); ++query) {
    for (std::size_t part = 1; part < parts; ++part)
      best[query].merge(best[part * queries.rows() + query]);
    results[query] = best[query].take();
    if (left_out != 0) leave_out(results[query], request.left_out[query], request.k);
  }
  return results;
}

}  // namespace kindred::index
