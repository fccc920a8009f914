#include "index/flat.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <shared_mutex>
#include <utility>

#include "base/try_parallel_for.h"
#include "index/ids.h"
#include "index/metrics.h"

namespace kindred::index {
namespace {

/// Looking an id up costs about as much as asking this many whether they pass.
constexpr std::size_t kLookUp = 4;
/// Rows that one task converts, copies or asks a filter about.
constexpr std::size_t kTaskRows = 1024;

/// Room for `count` values that come one after another: a value is moved three times on average.
template <typename T>
void reserve_more(std::vector<T>& values, std::size_t count) {
  if (count > values.capacity()) values.reserve(std::max(count, values.size() + values.size() / 2));
}

Result<void> check_finite(std::span<const float> values, std::size_t row,
                          const std::filesystem::path& path) {
  const auto bad = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
  if (bad == values.end()) return {};
  return fail(ErrorCode::corrupt, fmt::format("{}: row {} has a value that is not finite: {} at {}",
                                              path.string(), row, *bad, bad - values.begin()));
}

}  // namespace

Flat::Flat(Metric metric, RowType row_type, std::size_t dimensions)
    : metric_(metric), row_type_(row_type), dimensions_(dimensions) {
  if (dimensions > 0) start_rows(dimensions);
}

void Flat::start_rows(std::size_t dimensions) {
  rows_.emplace(row_type_, dimensions);
  if (RowScreen::serves(metric_) && dimensions <= RowScreen::kMostDimensions)
    screen_.emplace(dimensions);
  dimensions_ = dimensions;
}

Result<std::unique_ptr<Flat>> Flat::build(const Prepared& rows, const IndexOptions& options) {
  auto flat = std::make_unique<Flat>(options.metric, options.rows, rows.rows.dimensions());
  KINDRED_TRY(flat->add(rows));
  return flat;
}

Result<std::unique_ptr<Flat>> Flat::open(File file, OpenMode mode) {
  const About& about = file.about();
  if (about.rows > TypedRows::kMostRows)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: {} rows, an index holds up to {}", file.path().string(),
                            about.rows, TypedRows::kMostRows));
  auto flat = std::make_unique<Flat>(about.metric, about.row_type, about.dimensions);
  if (mode == OpenMode::load) {
    KINDRED_TRY(flat->load(file));
    return flat;
  }
  flat->screen_.reset();
  if (flat->rows_) flat->rows_->borrow(file.rows().data(), about.rows);
  flat->file_ = std::move(file);
  return flat;
}

Result<void> Flat::load(const File& file) {
  KINDRED_TRY(file.verify_all());
  KINDRED_TRY(check_distinct(file.ids()));
  const std::size_t count = file.about().rows;
  if (count == 0) return {};
  reserve(count);
  ids_.assign(file.ids().begin(), file.ids().end());
  lengths_.assign(file.lengths().begin(), file.lengths().end());
  for (std::uint32_t row = 0; row < count; ++row) row_of_.put(ids_[row], row);
  if (screen_) screen_->resize(count);
  TypedRows mapped(row_type_, dimensions_);
  mapped.borrow(file.rows().data(), count);
  return base::try_parallel_for((count + kTaskRows - 1) / kTaskRows,
                                [&](std::size_t task) -> Result<void> {
                                  std::vector<float> values(dimensions_);
                                  const std::size_t end = std::min(count, (task + 1) * kTaskRows);
                                  for (std::size_t row = task * kTaskRows; row < end; ++row) {
                                    mapped.get(row, values, length(row));
                                    KINDRED_TRY(check_finite(values, row, file.path()));
                                    rows_->set_bytes(row, mapped.bytes_of(row));
                                    if (screen_) screen_->set(row, values);
                                  }
                                  return {};
                                });
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
  return (rows_ && !file_ ? ids_.size() * rows_->row_bytes() : 0) +
         (screen_ ? screen_->bytes() : 0) + ids_.size() * sizeof(std::uint64_t) +
         lengths_.size() * sizeof(double) + row_of_.bytes();
}

std::uint64_t Flat::next_id() const {
  const std::shared_lock lock(mutex_);
  return ids().empty() ? 0 : std::ranges::max(ids()) + 1;
}

/// A map's ids are not looked at before one is asked for.
Result<void> Flat::index_mapped_ids() const {
  const std::lock_guard lock(mapped_ids_);
  if (indexed_) return {};
  KINDRED_TRY(file_->verify_ids());
  row_of_.reserve(ids().size());
  for (std::uint32_t row = 0; row < ids().size(); ++row) row_of_.put(ids()[row], row);
  indexed_ = true;
  return {};
}

/// The row of an id, kNowhere where it has none.
Result<std::uint32_t> Flat::find(std::uint64_t id) const {
  if (file_) KINDRED_TRY(index_mapped_ids());
  return row_of_.find(id);
}

bool Flat::contains(std::uint64_t id) const {
  const std::shared_lock lock(mutex_);
  const auto row = find(id);
  return row.has_value() && *row != row_of_.kNowhere;
}

Result<bool> Flat::row(std::uint64_t id, std::span<float> to, double& length) const {
  const std::shared_lock lock(mutex_);
  const std::uint32_t row = KINDRED_TRY(find(id));
  if (row == row_of_.kNowhere) return false;
  if (file_) KINDRED_TRY(file_->verify_rows(row, 1));
  length = this->length(row);
  rows_->get(row, to, length);
  return true;
}

std::vector<std::uint64_t> Flat::sample_ids(std::size_t count) const {
  const std::shared_lock lock(mutex_);
  const auto all = ids();
  std::vector<std::uint64_t> sample(std::min(count, all.size()));
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = all[i * all.size() / sample.size()];
  return sample;
}

void Flat::reserve(std::size_t rows) {
  rows_->grow(rows);
  reserve_more(ids_, rows);
  if (traits_of(metric_).unit_length) reserve_more(lengths_, rows);
  row_of_.reserve(rows);
}

/// Takes up into the screen what a row holds: rounded, where its type rounds.
void Flat::screen_row(std::size_t row) {
  if (!screen_) return;
  if (row_type_ == RowType::f32) {
    screen_->set(row, {static_cast<const float*>(rows_->data(row)), dimensions_});
    return;
  }
  std::vector<float> values(dimensions_);
  rows_->get(row, values, length(row));
  screen_->set(row, values);
}

Result<void> Flat::add(const Prepared& added) {
  const std::unique_lock lock(mutex_);
  if (file_) return read_only(file_->path());
  if (added.ids.empty()) return {};
  if (!rows_) start_rows(added.rows.dimensions());
  if (added.rows.dimensions() != dimensions_)  // another thread was first to say how many
    return fail(ErrorCode::invalid_argument,
                fmt::format("the vectors have {} dimensions, the index has {}",
                            added.rows.dimensions(), dimensions_));
  std::size_t size = ids_.size();
  RowNumbers places(added.ids.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = row_of_.find(added.ids[i]);
    if (places[i] == row_of_.kNowhere) places[i] = static_cast<std::uint32_t>(size++);
  }
  if (size > TypedRows::kMostRows)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} rows and {} more: an index holds up to {}", ids_.size(),
                            size - ids_.size(), TypedRows::kMostRows));
  // Whatever needs memory first, so that what can't be done is not half done.
  reserve(size);
  if (screen_) screen_->resize(size);
  const std::size_t before = ids_.size();
  ids_.resize(size);
  if (!added.lengths.empty()) lengths_.resize(size);
  for (std::size_t i = 0; i < places.size(); ++i) {
    ids_[places[i]] = added.ids[i];
    if (!added.lengths.empty()) lengths_[places[i]] = added.lengths[i];
    if (places[i] >= before) row_of_.put(added.ids[i], places[i]);
  }
  return base::try_parallel_for(
      (places.size() + kTaskRows - 1) / kTaskRows, [&](std::size_t task) -> Result<void> {
        const std::size_t end = std::min(places.size(), (task + 1) * kTaskRows);
        for (std::size_t i = task * kTaskRows; i < end; ++i) {
          rows_->set(places[i], added.rows.row(i), added.length(i));
          screen_row(places[i]);
        }
        return {};
      });
}

Result<std::size_t> Flat::remove(std::span<const std::uint64_t> ids) {
  const std::unique_lock lock(mutex_);
  if (file_) return read_only(file_->path());
  std::size_t removed = 0;
  for (const std::uint64_t id : ids) {
    const std::uint32_t hole = row_of_.find(id);
    if (hole == row_of_.kNowhere) continue;
    row_of_.remove(id);
    const std::size_t last = ids_.size() - 1;
    if (hole != last) {
      row_of_.put(ids_[last], hole);
      ids_[hole] = ids_[last];
      if (!lengths_.empty()) lengths_[hole] = lengths_[last];
      rows_->copy(last, hole);
      screen_row(hole);
    }
    ids_.pop_back();
    if (!lengths_.empty()) lengths_.pop_back();
    if (screen_) screen_->resize(last);
    ++removed;
  }
  return removed;
}

Result<void> Flat::save(base::FileSystem& files, const std::filesystem::path& path) const {
  const std::shared_lock lock(mutex_);
  if (file_) KINDRED_TRY(file_->verify_all());
  Contents contents{.about = {.type = std::string(kType),
                              .metric = metric_,
                              .row_type = row_type_,
                              .rows = ids().size(),
                              .dimensions = dimensions_},
                    .rows = {},
                    .ids = {std::as_bytes(ids())},
                    .lengths = {std::as_bytes(lengths())}};
  if (rows_) contents.rows = rows_->pieces(ids().size());
  return write_file(files, path, contents);
}

/// The rows whose ids pass, ascending; nothing where all do.
Result<std::optional<Flat::RowNumbers>> Flat::passing_rows(const Filter* filter) const {
  if (filter == nullptr) return std::nullopt;
  RowNumbers passing;
  const std::size_t count = ids().size();
  if (filter->is_list() && kLookUp * filter->ids().size() < count) {
    for (const std::uint64_t id : filter->ids()) {
      const std::uint32_t row = KINDRED_TRY(find(id));
      if (row != row_of_.kNowhere) passing.push_back(row);
    }
    std::ranges::sort(passing);
    return passing;
  }
  if (file_) KINDRED_TRY(file_->verify_ids());
  std::vector<RowNumbers> of_task((count + kTaskRows - 1) / kTaskRows);
  KINDRED_TRY(base::try_parallel_for(of_task.size(), [&](std::size_t task) -> Result<void> {
    const std::size_t end = std::min(count, (task + 1) * kTaskRows);
    for (std::size_t row = task * kTaskRows; row < end; ++row)
      if (filter->passes(ids()[row])) of_task[task].push_back(static_cast<std::uint32_t>(row));
    return {};
  }));
  for (const RowNumbers& rows : of_task) passing.insert(passing.end(), rows.begin(), rows.end());
  if (passing.size() == count) return std::nullopt;
  return passing;
}

Result<std::vector<Best>> Flat::search(MatrixView queries, const Request& request) const {
  const std::shared_lock lock(mutex_);
  const std::size_t count = ids().size();
  const auto passing = KINDRED_TRY(passing_rows(request.filter));
  const std::size_t most = passing ? passing->size() : count;
  if (most == 0) return std::vector<Best>(queries.rows());
  // One more than asked for, where one is to be left out.
  const std::size_t k = std::min(request.k, most) + (request.left_out.empty() ? 0 : 1);
  const auto chunks = rows_->chunks(count);
  ScanRows rows{.type = row_type_,
                .count = count,
                .dimensions = dimensions_,
                .chunks = chunks,
                .chunk_rows = TypedRows::kChunkRows,
                .ids = ids(),
                .lengths = row_type_ == RowType::u8 ? lengths() : std::span<const double>(),
                .screen = screen_ ? &*screen_ : nullptr,
                .verify = {}};
  if (file_)
    rows.verify = [this](std::size_t begin, std::size_t some) {
      return file_->verify_rows(begin, some);
    };
  std::optional<std::span<const std::uint32_t>> only;
  if (passing) only = *passing;
  auto best = KINDRED_TRY(exact_scan(queries, traits_of(metric_), k, rows, only));
  for (std::size_t query = 0; query < request.left_out.size(); ++query)
    leave_out(best[query], request.left_out[query], request.k);
  return best;
}

}  // namespace kindred::index
