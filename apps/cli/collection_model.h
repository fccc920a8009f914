/// The model that goes with a collection: the one that was given, else the one that it records.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "kindred/collection.h"
#include "kindred/embedder.h"
#include "kindred/result.h"
#include "model_folder.h"

namespace kindred::cli {

struct OpenedModel {
  Embedder embedder;
  CollectionModel description;  ///< to open the collection with
};

/// What the collection in `folder` records; nothing where there is no collection yet.
Result<std::optional<CollectionModel>> recorded_model(const std::filesystem::path& folder);

/// Opens the model for the collection `name`: the one chosen, else the one `recorded`, one of which
/// is needed. A model that was chosen by its folder is recorded by the absolute path, so that the
/// collection finds it from anywhere.
Result<OpenedModel> open_model_for(const std::string& name,
                                   const std::optional<CollectionModel>& recorded,
                                   const ModelChoice& choice);

}  // namespace kindred::cli
