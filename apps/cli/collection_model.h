/// The model that goes with a collection: the one that was given, else the one that it records.
#pragma once

#include <filesystem>
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

/// Opens the model for the collection `name` in `folder`, which need not exist yet (then --model is
/// needed). A model that was given by its folder is recorded by the absolute path, so that the
/// collection finds it from anywhere.
Result<OpenedModel> open_model_for(const std::filesystem::path& folder, const std::string& name,
                                   const ModelChoice& choice);

}  // namespace kindred::cli
