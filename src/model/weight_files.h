/// The file of a model's folder that holds its weights, whatever its format.
///
/// A format is one row of the table in weight_files.cpp and one reader in the files room. Where a
/// folder has its weights in several formats, the first row that finds its file decides: those that
/// are mapped as they are come before those that have to be unpacked, as the reference prefers them
/// too.
#pragma once

#include <filesystem>
#include <memory>

#include "files/tensor_source.h"
#include "kindred/result.h"

namespace kindred::model {

/// Keeps the mapped files open; whoever holds a tensor::Table holds one.
using WeightsFile = std::shared_ptr<const files::TensorSource>;

struct FoundWeights {
  std::filesystem::path path;  ///< of the file, or of the index of its shards
  WeightsFile file;
};

/// A folder without weights that we read is ErrorCode::not_found and lists the names that we look
/// for; if there is a file of weights in a format that we don't have, it says which.
Result<FoundWeights> find_weights(const std::filesystem::path& folder);

}  // namespace kindred::model
