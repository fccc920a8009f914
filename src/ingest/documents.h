/// A file's documents, one after the other: what ids, texts and fields they get.
///
/// The rules stand in kindred/ingest.h. Errors name file and line. Memory: one document.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "kindred/ingest.h"

namespace kindred::ingestion {

/// Called with each document. What it returns ends the reading where it is an error.
using DocumentSink = std::function<Result<void>(Document&&)>;

Result<void> read_documents(const std::filesystem::path& path, const IngestOptions& options,
                            const DocumentSink& sink);

/// How many documents read_documents() will find, by a pass over the lines alone.
Result<std::uint64_t> count_documents(const std::filesystem::path& path,
                                      const IngestOptions& options);

}  // namespace kindred::ingestion
