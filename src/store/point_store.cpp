#include "store/point_store.h"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <random>
#include <unordered_map>

#include "store/reads.h"

namespace kindred::store {
namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kIdentityKey = "identity";
constexpr std::string_view kModelKey = "model";
constexpr std::string_view kStateKey = "state";
/// The layout of the column families; a change that older programs can't read gets the next number.
constexpr std::uint64_t kFormat = 1;

rocksdb::WriteOptions synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

Result<void> check_model(const CollectionModel& made_with, const CollectionModel& given,
                         const std::string& name) {
  if (made_with.hash == given.hash && made_with.dimensions == given.dimensions) return {};
  return fail(ErrorCode::conflict,
              fmt::format("collection \"{}\" was made with {} (hash {}, {} dimensions), not with "
                          "{} (hash {}, {} dimensions)",
                          name, made_with.name, made_with.hash, made_with.dimensions, given.name,
                          given.hash, given.dimensions));
}

}  // namespace

Result<std::unique_ptr<PointStore>> PointStore::open(const std::filesystem::path& folder,
                                                     CollectionMode mode, const std::string& name,
                                                     const std::optional<CollectionModel>& model,
                                                     rocksdb::Env* environment) {
  auto database = KINDRED_TRY(Database::open(folder, mode, name, environment));
  std::unique_ptr<PointStore> store(new PointStore(std::move(database)));
  const auto format = KINDRED_TRY(store->meta(kFormatKey));
  if (!format.has_value()) {  // its maker ended before the first write
    if (mode == CollectionMode::read)
      return fail(ErrorCode::not_found, fmt::format("there is no collection \"{}\" yet", name));
    if (!model.has_value())
      return fail(ErrorCode::invalid_argument,
                  fmt::format("collection \"{}\" is new: a model is needed to make it", name));
    KINDRED_TRY(store->create(*model));
  }
  KINDRED_TRY(store->load());
  if (model.has_value()) KINDRED_TRY(check_model(store->model_, *model, name));
  return store;
}

Result<std::optional<std::string>> PointStore::meta(std::string_view key) const {
  std::string value;
  const auto status = database_->db().Get(rocksdb::ReadOptions(), database_->family(Family::meta),
                                          slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  KINDRED_TRY(database_->check(status, "cannot read"));
  return value;
}

Result<void> PointStore::create(const CollectionModel& model) {
  std::random_device random;
  const std::uint64_t identity = static_cast<std::uint64_t>(random()) << 32 | random();
  auto* meta = database_->family(Family::meta);
  rocksdb::WriteBatch batch;
  const auto record = [&](std::string_view key, const std::string& value) -> Result<void> {
    return database_->check(batch.Put(meta, slice(key), value), "cannot write");
  };
  KINDRED_TRY(record(kFormatKey, encode_number(kFormat)));
  KINDRED_TRY(record(kIdentityKey, encode_number(identity)));
  KINDRED_TRY(record(kModelKey, encode_model(model)));
  KINDRED_TRY(record(kStateKey, encode_state({})));
  return database_->check(database_->db().Write(synced(), &batch), "cannot write");
}

Result<void> PointStore::load() {
  const auto format = decode_number(KINDRED_TRY(meta(kFormatKey)).value_or(""));
  const auto identity = decode_number(KINDRED_TRY(meta(kIdentityKey)).value_or(""));
  auto model = decode_model(KINDRED_TRY(meta(kModelKey)).value_or(""));
  if (format.has_value() && *format > kFormat)
    return fail(ErrorCode::unsupported,
                fmt::format("collection \"{}\" has format {}, this version reads up to {}",
                            database_->name(), *format, kFormat));
  if (!format.has_value() || !identity.has_value() || !model.has_value())
    return database_->malformed("its description");
  identity_ = *identity;
  model_ = std::move(*model);
  state_ = KINDRED_TRY(state_at(nullptr));
  return {};
}

Result<StateRecord> PointStore::state_at(const rocksdb::Snapshot* snapshot) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  std::string value;
  KINDRED_TRY(database_->check(
      database_->db().Get(options, database_->family(Family::meta), slice(kStateKey), &value),
      "cannot read its state"));
  const auto state = decode_state(value);
  if (!state.has_value()) return database_->malformed("its state");
  return *state;
}

StateRecord PointStore::state() const {
  const std::lock_guard lock(state_mutex_);
  return state_;
}

Result<std::vector<std::optional<std::uint64_t>>> PointStore::rows_of(
    std::span<const std::string_view> ids) const {
  std::vector<rocksdb::Slice> keys;
  keys.reserve(ids.size());
  for (const auto id : ids) keys.push_back(slice(id));
  const Values found(*database_, Family::ids, keys);
  std::vector<std::optional<std::uint64_t>> rows(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (found.statuses[i].IsNotFound()) continue;
    KINDRED_TRY(database_->check(found.statuses[i], "cannot read"));
    rows[i] = decode_number(view(found.values[i]));
    if (!rows[i].has_value())
      return database_->malformed(fmt::format("the row number of \"{}\"", ids[i]));
  }
  return rows;
}

Result<void> PointStore::put(std::span<const Document> documents, MatrixView vectors,
                             std::uint64_t log_passed) {
  const std::lock_guard put_lock(put_mutex_);
  if (resume_first_) {
    KINDRED_TRY(
        database_->check(database_->db().Resume(), "cannot write since an earlier failure"));
    resume_first_ = false;
  }
  // Of the same id the last one counts, at the place of the first.
  std::vector<std::string_view> ids;
  std::unordered_map<std::string_view, std::size_t> place;
  std::vector<std::size_t> newest;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const auto [entry, is_new] = place.try_emplace(documents[i].id, ids.size());
    if (is_new) {
      ids.push_back(documents[i].id);
      newest.push_back(i);
    } else {
      newest[entry->second] = i;
    }
  }
  const auto rows = KINDRED_TRY(rows_of(ids));

  StateRecord next = state();
  rocksdb::WriteBatch batch;
  const auto put = [&](Family family, std::string_view key, const std::string& value) {
    return database_->check(batch.Put(database_->family(family), slice(key), value),
                            "cannot write");
  };
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::uint64_t row = rows[i].has_value() ? *rows[i] : next.next_row++;
    if (!rows[i].has_value()) {
      ++next.documents;
      KINDRED_TRY(put(Family::ids, ids[i], encode_number(row)));
    }
    const std::string key = number_key(row);
    KINDRED_TRY(put(Family::points, key, encode_point(documents[newest[i]])));
    KINDRED_TRY(put(Family::vectors, key, encode_vector(vectors.row(newest[i]))));
    KINDRED_TRY(put(Family::operations, number_key(++next.sequence),
                    encode_operation({.operation = Operation::put, .row = row})));
  }
  KINDRED_TRY(put(Family::meta, kStateKey, encode_state(next)));
  if (log_passed > log_trimmed_)
    KINDRED_TRY(
        database_->check(batch.DeleteRange(database_->family(Family::operations),
                                           number_key(log_trimmed_), number_key(log_passed + 1)),
                         "cannot write"));

  const auto status = database_->db().Write(synced(), &batch);
  if (!status.ok()) {
    resume_first_ = true;
    return database_->check(status, "cannot write");
  }
  log_trimmed_ = std::max(log_trimmed_, log_passed);
  const std::lock_guard lock(state_mutex_);
  state_ = next;
  return {};
}

Result<std::vector<std::uint8_t>> PointStore::has(std::span<const Document> documents) const {
  std::vector<std::string_view> ids;
  ids.reserve(documents.size());
  for (const Document& document : documents) ids.push_back(document.id);
  const auto rows = KINDRED_TRY(rows_of(ids));
  std::vector<std::size_t> known;
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].has_value()) {
      known.push_back(i);
      numbers.push_back(*rows[i]);
    }
  const NumberKeys keys(numbers);
  const Values found(*database_, Family::points, keys.slices);
  std::vector<std::uint8_t> same(documents.size(), 0);
  for (std::size_t i = 0; i < known.size(); ++i) {
    KINDRED_TRY(database_->check(found.statuses[i], "cannot read"));
    const auto point = decode_point(view(found.values[i]));
    if (!point.has_value()) return database_->malformed(fmt::format("row {}", numbers[i]));
    const Document& document = documents[known[i]];
    same[known[i]] = point->text == document.text && point->fields == document.fields ? 1 : 0;
  }
  return same;
}

Result<std::optional<Document>> PointStore::get(std::string_view id) const {
  const auto row = KINDRED_TRY(rows_of(std::span(&id, 1))).front();
  if (!row.has_value()) return std::nullopt;
  return std::move(KINDRED_TRY(documents(std::span(&*row, 1))).front());
}

Result<std::vector<Document>> PointStore::documents(std::span<const std::uint64_t> rows) const {
  const NumberKeys keys(rows);
  const Values found(*database_, Family::points, keys.slices);
  std::vector<Document> documents;
  documents.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (found.statuses[i].IsNotFound())
      return fail(ErrorCode::corrupt, fmt::format("collection \"{}\": row {} has no document",
                                                  database_->name(), rows[i]));
    KINDRED_TRY(database_->check(found.statuses[i], "cannot read"));
    const auto point = decode_point(view(found.values[i]));
    if (!point.has_value()) return database_->malformed(fmt::format("row {}", rows[i]));
    documents.push_back({.id = std::string(point->id),
                         .text = std::string(point->text),
                         .fields = std::string(point->fields)});
  }
  return documents;
}

}  // namespace kindred::store
