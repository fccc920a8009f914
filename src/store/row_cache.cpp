#include "store/row_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/file_system.h"

namespace kindred::store {
namespace {

constexpr std::string_view kPrefix = "vectors-";
constexpr std::string_view kSuffix = ".index";
constexpr std::size_t kIdentityDigits = 16;  // hexadecimal
constexpr std::size_t kSequenceDigits = 20;  // decimal, as many as the largest number has

/// Recent rows are scored at the same cost as the others, but every new process reads them from the
/// store again: a sixteenth keeps that below the cost of the search's own pass over the file.
std::size_t most_recent_rows(std::size_t documents) { return 1024 + documents / 16; }

template <typename Number>
std::optional<Number> parse(std::string_view digits, int base) {
  Number number{};
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

bool better(const Hit& left, const Hit& right) {
  return left.score != right.score ? left.score > right.score : left.id < right.id;
}

}  // namespace

/// What one search reads: never changed once it is made, so that searches need no lock.
struct RowCache::View {
  std::shared_ptr<const Index> base;  ///< nullptr where the collection has no rows
  std::uint64_t base_sequence = 0;
  std::optional<Index> recent;          ///< rows changed after base_sequence
  std::vector<std::uint64_t> replaced;  ///< rows of the base that `recent` has newer, ascending
  std::uint64_t sequence = 0;

  Result<std::vector<Hit>> search(MatrixView query, std::size_t k) const {
    std::vector<Hit> hits;
    if (k == 0) return hits;
    if (base != nullptr) {
      // As many more as could be thrown away for being old.
      const auto found = KINDRED_TRY(base->search(query, k + replaced.size()));
      std::ranges::copy_if(found.of(0), std::back_inserter(hits), [&](const Hit& hit) {
        return !std::ranges::binary_search(replaced, hit.id);
      });
    }
    if (recent.has_value()) {
      const auto found = KINDRED_TRY(recent->search(query, k));
      hits.insert(hits.end(), found.of(0).begin(), found.of(0).end());
      std::ranges::sort(hits, better);
    }
    hits.resize(std::min(hits.size(), k));
    return hits;
  }
};

RowCache::RowCache(std::filesystem::path folder, const PointStore& store, CollectionMode mode)
    : folder_(std::move(folder)), store_(store) {
  const std::uint64_t sequence = store_.state().sequence;
  for (const File& file : files_in(folder_)) {
    if (file.identity == store_.identity() && file.sequence <= sequence) {
      saved_sequence_ = std::max(saved_sequence_.load(), file.sequence);
    } else if (mode == CollectionMode::write) {
      // Of another collection, or of a future that was undone by restoring an older store: it would
      // pass for current once the sequence got there.
      static_cast<void>(base::real_file_system().remove(file.path));
    }
  }
}

std::vector<RowCache::File> RowCache::files_in(const std::filesystem::path& folder) {
  std::vector<File> files;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    std::string_view rest = name;
    if (rest.size() != kPrefix.size() + kIdentityDigits + 1 + kSequenceDigits + kSuffix.size() ||
        !rest.starts_with(kPrefix) || !rest.ends_with(kSuffix))
      continue;
    rest.remove_prefix(kPrefix.size());
    const auto identity = parse<std::uint64_t>(rest.substr(0, kIdentityDigits), 16);
    const auto sequence =
        parse<std::uint64_t>(rest.substr(kIdentityDigits + 1, kSequenceDigits), 10);
    if (identity.has_value() && sequence.has_value())
      files.push_back({.path = entry->path(), .identity = *identity, .sequence = *sequence});
  }
  return files;
}

std::filesystem::path RowCache::path_of(std::uint64_t sequence) const {
  return folder_ / fmt::format("{}{:016x}-{:020}{}", kPrefix, store_.identity(), sequence, kSuffix);
}

Result<std::vector<Hit>> RowCache::search(std::span<const float> query, std::size_t k) {
  const MatrixView one(query.data(), 1, query.size());
  const auto view = KINDRED_TRY(current());
  auto hits = view->search(one, k);
  if (hits.has_value() || hits.error().code != ErrorCode::corrupt) return hits;
  // The mapped file is damaged where this search touched it first: do without it.
  discard(view);
  return KINDRED_TRY(current())->search(one, k);
}

Result<std::shared_ptr<const RowCache::View>> RowCache::current() {
  const std::lock_guard lock(mutex_);
  if (view_ != nullptr && view_->sequence == store_.state().sequence) return view_;
  if (view_ == nullptr) view_ = open_newest();
  std::shared_ptr<const View> updated;
  if (view_ != nullptr) updated = KINDRED_TRY(with_recent(view_));
  if (updated == nullptr) updated = KINDRED_TRY(rebuild());
  view_ = updated;
  return updated;
}

/// The newest file that holds this collection's past; nullptr where there is none, or it doesn't
/// open, or is not what its name says.
std::shared_ptr<const RowCache::View> RowCache::open_newest() const {
  const std::uint64_t newest_possible = store_.state().sequence;
  std::optional<File> newest;
  for (const File& file : files_in(folder_))
    if (file.identity == store_.identity() && file.sequence <= newest_possible &&
        (!newest.has_value() || newest->sequence < file.sequence))
      newest = file;
  if (!newest.has_value()) return nullptr;
  auto index = Index::open(newest->path, OpenMode::map);
  if (!index.has_value() || index->dimensions() != store_.model().dimensions ||
      index->metric() != Metric::cosine || index->size() > store_.state().documents)
    return nullptr;
  auto view = std::make_shared<View>();
  view->base = std::make_shared<const Index>(std::move(*index));
  view->base_sequence = view->sequence = newest->sequence;
  return view;
}

/// `base` and what changed since its file was made; nullptr where the log can't say, or that is too
/// much.
Result<std::shared_ptr<const RowCache::View>> RowCache::with_recent(
    const std::shared_ptr<const View>& base) const {
  const auto changed = KINDRED_TRY(store_.rows_changed_since(
      base->base_sequence, most_recent_rows(base->base == nullptr ? 0 : base->base->size())));
  if (!changed.has_value()) return nullptr;
  auto view = std::make_shared<View>();
  view->base = base->base;
  view->base_sequence = base->base_sequence;
  view->sequence = changed->sequence;
  if (!changed->numbers.empty())
    view->recent =
        KINDRED_TRY(Index::build(changed->vectors, changed->numbers, {.metric = Metric::cosine}));
  // Row numbers are given out without gaps and none is ever taken away, so that the rows of the
  // base are those below its size.
  const std::size_t base_rows = base->base == nullptr ? 0 : base->base->size();
  std::ranges::copy_if(changed->numbers, std::back_inserter(view->replaced),
                       [&](std::uint64_t row) { return row < base_rows; });
  return view;
}

Result<std::shared_ptr<const RowCache::View>> RowCache::rebuild() {
  auto view = std::make_shared<View>();
  auto rows = KINDRED_TRY(store_.all_rows());
  view->base_sequence = view->sequence = rows.sequence;
  if (rows.numbers.empty()) return view;
  auto index = KINDRED_TRY(Index::build(rows.vectors, rows.numbers, {.metric = Metric::cosine}));
  rows = {};
  const auto path = path_of(view->sequence);
  const bool saved = base::real_file_system().create_directories(folder_).has_value() &&
                     index.save(path).has_value();
  if (saved) {
    saved_sequence_ = std::max(saved_sequence_.load(), view->sequence);
    remove_other_files(view->sequence);
    // From now on the rows are the kernel's to keep or drop.
    if (auto mapped = Index::open(path, OpenMode::map); mapped.has_value())
      index = std::move(*mapped);
  }
  view->base = std::make_shared<const Index>(std::move(index));
  return view;
}

/// Older files, and what a killed process left half-written. A process that has one of them mapped
/// keeps its bytes; one that is writing an older file fails to rename it, and does without.
void RowCache::remove_other_files(std::uint64_t keep) const {
  const auto kept = path_of(keep);
  for (const File& file : files_in(folder_))
    if (file.path != kept && file.sequence < keep)
      static_cast<void>(base::real_file_system().remove(file.path));
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder_, failed), end; !failed && entry != end;
       entry.increment(failed))
    if (entry->path().extension() == ".tmp")
      static_cast<void>(base::real_file_system().remove(entry->path()));
}

void RowCache::discard(const std::shared_ptr<const View>& damaged) {
  const std::lock_guard lock(mutex_);
  if (view_ == nullptr || view_->base != damaged->base) return;  // somebody did already
  static_cast<void>(base::real_file_system().remove(path_of(damaged->base_sequence)));
  view_ = nullptr;
}

}  // namespace kindred::store
