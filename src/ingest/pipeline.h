/// The loop of ingest(): collect a batch, ask the collection what of it is new, embed that, store
/// it.
///
/// The embedder comes as a function, so that the loop can be tested without a model.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "kindred/ingest.h"

/// The room's namespace: kindred::ingest is the function.
namespace kindred::ingestion {

using EmbedTexts = std::function<Result<EmbedResult>(std::span<const std::string_view> texts,
                                                     const EmbedOptions& options)>;

Result<IngestReport> run(Collection& collection, const EmbedTexts& embed,
                         std::span<const std::filesystem::path> named,
                         const IngestOptions& options);

}  // namespace kindred::ingestion
