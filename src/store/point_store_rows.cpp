/// What the caches read of a PointStore: all rows, and those that changed.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "store/point_store.h"
#include "store/reads.h"

namespace kindred::store {

Result<Rows> PointStore::all_rows() const {
  const Snapshot snapshot(database_->db());
  const StateRecord state = KINDRED_TRY(state_at(snapshot.get()));
  Rows rows{.vectors = Matrix(state.documents, model_.dimensions),
            .numbers = {},
            .sequence = state.sequence};
  rows.numbers.reserve(state.documents);
  rocksdb::ReadOptions options;
  options.snapshot = snapshot.get();
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const std::unique_ptr<rocksdb::Iterator> entry(
      database_->db().NewIterator(options, database_->family(Family::vectors)));
  for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
    const auto number = parse_number_key(view(entry->key()));
    const std::size_t place = rows.numbers.size();
    if (!number.has_value() || place == state.documents ||
        !decode_vector(view(entry->value()), rows.vectors.row(place)))
      return database_->malformed("its vectors");
    rows.numbers.push_back(*number);
  }
  KINDRED_TRY(database_->check(entry->status(), "cannot read its vectors"));
  if (rows.numbers.size() != state.documents)
    return fail(ErrorCode::corrupt,
                fmt::format("collection \"{}\" has {} vectors for {} documents", database_->name(),
                            rows.numbers.size(), state.documents));
  return rows;
}

Result<std::optional<Rows>> PointStore::rows_changed_since(std::uint64_t sequence,
                                                           std::size_t limit) const {
  const Snapshot snapshot(database_->db());
  const StateRecord state = KINDRED_TRY(state_at(snapshot.get()));
  if (sequence > state.sequence || state.sequence - sequence > limit) return std::nullopt;
  Rows rows{.vectors = {}, .numbers = {}, .sequence = state.sequence};
  rocksdb::ReadOptions options;
  options.snapshot = snapshot.get();
  const std::unique_ptr<rocksdb::Iterator> entry(
      database_->db().NewIterator(options, database_->family(Family::operations)));
  std::uint64_t expected = sequence + 1;
  for (entry->Seek(number_key(expected)); entry->Valid(); entry->Next(), ++expected) {
    if (parse_number_key(view(entry->key())) != expected) return std::nullopt;
    const auto operation = decode_operation(view(entry->value()));
    if (!operation.has_value()) return database_->malformed("its operation log");
    rows.numbers.push_back(operation->row);
  }
  KINDRED_TRY(database_->check(entry->status(), "cannot read its operation log"));
  if (expected != state.sequence + 1) return std::nullopt;

  std::ranges::sort(rows.numbers);
  const auto repeated = std::ranges::unique(rows.numbers);
  rows.numbers.erase(repeated.begin(), repeated.end());
  rows.vectors = Matrix(rows.numbers.size(), model_.dimensions);
  const NumberKeys keys(rows.numbers);
  const Values found(*database_, Family::vectors, keys.slices, snapshot.get());
  for (std::size_t i = 0; i < rows.numbers.size(); ++i) {
    KINDRED_TRY(database_->check(found.statuses[i], "cannot read its vectors"));
    if (!decode_vector(view(found.values[i]), rows.vectors.row(i)))
      return database_->malformed(fmt::format("the vector of row {}", rows.numbers[i]));
  }
  return rows;
}

}  // namespace kindred::store
