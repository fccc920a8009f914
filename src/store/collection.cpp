#include "kindred/collection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/file_system.h"
#include "store/check_documents.h"
#include "store/point_store.h"
#include "store/row_cache.h"

namespace kindred {
namespace {

constexpr const char* kStoreFolder = "store";
constexpr const char* kCacheFolder = "cache";

Result<void> check_model_given(const CollectionModel& model, const std::string& name) {
  if (model.dimensions == 0)
    return fail(ErrorCode::invalid_argument,
                fmt::format("collection \"{}\": a model has 1 dimension at least", name));
  for (const Sentinel& sentinel : model.sentinels)
    if (sentinel.vector.size() != model.dimensions)
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("collection \"{}\": a sentinel has {} values, its model {} dimensions", name,
                      sentinel.vector.size(), model.dimensions));
  return {};
}

}  // namespace

struct Collection::Parts {
  Parts(std::string given_name, std::unique_ptr<store::PointStore> given_points,
        const std::filesystem::path& cache_folder, CollectionMode given_mode)
      : name(std::move(given_name)),
        mode(given_mode),
        points(std::move(given_points)),
        rows(cache_folder, *points, given_mode) {}

  std::string name;
  CollectionMode mode;
  std::unique_ptr<store::PointStore> points;
  store::RowCache rows;
};

Result<Collection> Collection::open(const std::filesystem::path& folder, CollectionMode mode,
                                    const std::optional<CollectionModel>& model) {
  const auto whole = folder.lexically_normal();
  const std::string name =
      (whole.has_filename() ? whole.filename() : whole.parent_path().filename()).string();
  const auto store_folder = folder / kStoreFolder;
  std::error_code failed;
  const bool exists = std::filesystem::exists(store_folder / "CURRENT", failed);
  if (!exists && mode == CollectionMode::read)
    return fail(ErrorCode::not_found, fmt::format("there is no collection \"{}\" in {}", name,
                                                  folder.parent_path().string()));
  if (!exists && !model.has_value())
    return fail(ErrorCode::invalid_argument,
                fmt::format("collection \"{}\" is new: a model is needed to make it", name));
  if (model.has_value()) KINDRED_TRY(check_model_given(*model, name));
  if (!exists) {
    auto& files = base::real_file_system();
    KINDRED_TRY(files.create_directories(store_folder));
    KINDRED_TRY(files.sync_directory(folder));
    KINDRED_TRY(files.sync_directory(folder / ".."));
  }
  auto points = KINDRED_TRY(store::PointStore::open(store_folder, mode, name, model));
  return Collection(std::make_unique<Parts>(name, std::move(points), folder / kCacheFolder, mode));
}

Collection::Collection(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Collection::Collection(Collection&&) noexcept = default;
Collection& Collection::operator=(Collection&&) noexcept = default;
Collection::~Collection() = default;

Result<void> Collection::add(std::span<const Document> documents, MatrixView vectors) {
  if (parts_->mode == CollectionMode::read)
    return fail(ErrorCode::invalid_argument,
                fmt::format("collection \"{}\" was opened to read", parts_->name));
  KINDRED_TRY(store::check_documents(parts_->name, model().dimensions, documents, vectors));
  if (documents.empty()) return {};
  return parts_->points->put(documents, vectors, parts_->rows.saved_sequence());
}

Result<std::vector<std::uint8_t>> Collection::has(std::span<const Document> documents) const {
  return parts_->points->has(documents);
}

Result<std::optional<Document>> Collection::get(std::string_view id) const {
  return parts_->points->get(id);
}

Result<std::vector<FoundDocument>> Collection::search(std::span<const float> query,
                                                      std::size_t k) const {
  if (k == 0)
    return fail(ErrorCode::invalid_argument,
                fmt::format("collection \"{}\": k is 0, it is at least 1", parts_->name));
  KINDRED_TRY(store::check_query(parts_->name, model().dimensions, query));
  const auto hits = KINDRED_TRY(parts_->rows.search(query, std::min(k, size())));
  std::vector<std::uint64_t> rows;
  rows.reserve(hits.size());
  for (const Hit& hit : hits) rows.push_back(hit.id);
  auto documents = KINDRED_TRY(parts_->points->documents(rows));
  std::vector<FoundDocument> found;
  found.reserve(hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i)
    found.push_back({.document = std::move(documents[i]), .score = hits[i].score});
  return found;
}

std::size_t Collection::size() const { return parts_->points->state().documents; }

const CollectionModel& Collection::model() const { return parts_->points->model(); }

const std::string& Collection::name() const { return parts_->name; }

}  // namespace kindred
