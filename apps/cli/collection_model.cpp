#include "collection_model.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "kindred/ingest.h"

namespace kindred::cli {
namespace {

std::string name_to_record(const std::string& given) {
  std::error_code failed;
  if (!std::filesystem::exists(given, failed)) return given;
  const auto whole = std::filesystem::canonical(given, failed);
  return failed ? given : whole.string();
}

}  // namespace

Result<std::optional<CollectionModel>> recorded_model(const std::filesystem::path& folder) {
  const auto collection = Collection::open(folder, CollectionMode::read);
  if (collection.has_value()) return collection->model();
  if (collection.error().code == ErrorCode::not_found) return std::nullopt;
  return std::unexpected(collection.error());
}

Result<OpenedModel> open_model_for(const std::string& name,
                                   const std::optional<CollectionModel>& recorded,
                                   const ModelChoice& choice) {
  if (choice.model.empty() && !recorded.has_value())
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("there is no collection \"{}\" yet: --model says what to make it with", name));
  ModelChoice wanted = choice;
  if (wanted.model.empty()) wanted.model = recorded->name;
  const auto place = model_folder(wanted);
  if (!place.has_value()) {
    if (!choice.model.empty()) return std::unexpected(place.error());
    return fail(place.error().code,
                fmt::format("{}; collection \"{}\" was made with it, --model says where it is now",
                            place.error().message, name));
  }
  auto embedder = KINDRED_TRY(Embedder::open(*place));
  CollectionModel description;
  if (recorded.has_value())
    description = {.name = wanted.model,
                   .hash = embedder.describe().hash,
                   .dimensions = embedder.dimensions(),
                   .sentinels = {}};
  else
    description = KINDRED_TRY(describe_for_collection(embedder, name_to_record(wanted.model)));
  return OpenedModel{.embedder = std::move(embedder), .description = std::move(description)};
}

}  // namespace kindred::cli
